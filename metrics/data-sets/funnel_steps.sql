-- One row per user and funnel step reached in order, each step strictly after the earliest way to the one before
WITH home AS (
  SELECT user_id, MIN(click_date) AS reached_at
  FROM clickstream_db.clickstream_live
  WHERE user_action = 'home_page'
  GROUP BY user_id
),
product AS (
  SELECT e.user_id, MIN(e.click_date) AS reached_at
  FROM clickstream_db.clickstream_live AS e
  JOIN home AS p ON p.user_id = e.user_id AND e.click_date > p.reached_at
  WHERE e.user_action = 'product_page'
  GROUP BY e.user_id
),
cart AS (
  SELECT e.user_id, MIN(e.click_date) AS reached_at
  FROM clickstream_db.clickstream_live AS e
  JOIN product AS p ON p.user_id = e.user_id AND e.click_date > p.reached_at
  WHERE e.user_action = 'cart_page'
  GROUP BY e.user_id
),
checkout AS (
  SELECT e.user_id, MIN(e.click_date) AS reached_at
  FROM clickstream_db.clickstream_live AS e
  JOIN cart AS p ON p.user_id = e.user_id AND e.click_date > p.reached_at
  WHERE e.user_action = 'checkout_page'
  GROUP BY e.user_id
),
steps AS (
  SELECT user_id, CAST(1 AS BIGINT) AS step, 'home_page' AS step_name FROM home
  UNION ALL
  SELECT user_id, CAST(2 AS BIGINT) AS step, 'product_page' AS step_name FROM product
  UNION ALL
  SELECT user_id, CAST(3 AS BIGINT) AS step, 'cart_page' AS step_name FROM cart
  UNION ALL
  SELECT user_id, CAST(4 AS BIGINT) AS step, 'checkout_page' AS step_name FROM checkout
),
places AS (
  SELECT user_id, MIN(country_code) AS country_code
  FROM clickstream_db.clickstream_live
  GROUP BY user_id
)
SELECT
  steps.user_id,
  steps.step,
  steps.step_name,
  home.reached_at AS entered_at,
  countries.country_code,
  countries.country_name,
  countries.continent
FROM steps
JOIN home ON home.user_id = steps.user_id
JOIN places ON places.user_id = steps.user_id
JOIN clickstream_db.countries AS countries ON countries.country_code = places.country_code
