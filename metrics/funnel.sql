-- One row per funnel step: users who reached it in order, each step strictly after the earliest way to the one before
WITH home AS (
  SELECT user_id, MIN(click_date) AS reached_at
  FROM clickstream_db.clickstream_table
  WHERE user_action = 'home_page'
  GROUP BY user_id
),
product AS (
  SELECT e.user_id, MIN(e.click_date) AS reached_at
  FROM clickstream_db.clickstream_table AS e
  JOIN home AS p ON p.user_id = e.user_id AND e.click_date > p.reached_at
  WHERE e.user_action = 'product_page'
  GROUP BY e.user_id
),
cart AS (
  SELECT e.user_id, MIN(e.click_date) AS reached_at
  FROM clickstream_db.clickstream_table AS e
  JOIN product AS p ON p.user_id = e.user_id AND e.click_date > p.reached_at
  WHERE e.user_action = 'cart_page'
  GROUP BY e.user_id
),
checkout AS (
  SELECT e.user_id, MIN(e.click_date) AS reached_at
  FROM clickstream_db.clickstream_table AS e
  JOIN cart AS p ON p.user_id = e.user_id AND e.click_date > p.reached_at
  WHERE e.user_action = 'checkout_page'
  GROUP BY e.user_id
),
steps AS (
  SELECT CAST(1 AS BIGINT) AS step, 'home_page' AS step_name, COUNT(*) AS users FROM home
  UNION ALL
  SELECT CAST(2 AS BIGINT) AS step, 'product_page' AS step_name, COUNT(*) AS users FROM product
  UNION ALL
  SELECT CAST(3 AS BIGINT) AS step, 'cart_page' AS step_name, COUNT(*) AS users FROM cart
  UNION ALL
  SELECT CAST(4 AS BIGINT) AS step, 'checkout_page' AS step_name, COUNT(*) AS users FROM checkout
)
SELECT
  step,
  step_name,
  users,
  CAST(users AS DOUBLE) / NULLIF(LAG(users) OVER (ORDER BY step), 0) AS step_conversion,
  LAG(users) OVER (ORDER BY step) - users AS drop_off,
  CAST(users AS DOUBLE) / NULLIF(FIRST_VALUE(users) OVER (ORDER BY step), 0) AS overall_conversion
FROM steps
ORDER BY step
