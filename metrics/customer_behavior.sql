-- One row per continent and event type, over the last seven days: the article's query, verbatim
SELECT
continent,
event_type,
AVG(user_age) as avg_customer_age,
COUNT(*) as event_volume,
COUNT(DISTINCT user_id) as unique_users
FROM clickstream_db.clickstream_table
WHERE click_date >= current_date - interval '7' day
GROUP BY continent, event_type
ORDER BY event_volume DESC
