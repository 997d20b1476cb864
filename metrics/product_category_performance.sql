-- One row per product category
WITH categories AS (
  SELECT
    product_category,
    COUNT(*) AS event_count,
    COUNT(DISTINCT user_id) AS unique_users,
    COUNT(*) FILTER (WHERE user_action = 'product_page') AS product_views,
    COUNT(*) FILTER (WHERE user_action = 'cart_page') AS cart_adds,
    COUNT(*) FILTER (WHERE event_type = 'purchase') AS purchases,
    COUNT(DISTINCT user_id) FILTER (WHERE event_type = 'purchase') AS buyers
  FROM clickstream_db.clickstream_table
  WHERE product_category IS NOT NULL
  GROUP BY product_category
)
SELECT
  product_category,
  event_count,
  unique_users,
  product_views,
  cart_adds,
  purchases,
  buyers,
  CAST(buyers AS DOUBLE) / NULLIF(unique_users, 0) AS conversion_rate
FROM categories
ORDER BY event_count DESC, product_category
