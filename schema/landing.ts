/** Days back to which the day in a folder's name is believed: the longest range of dates that a dashboard shows. */
export const MOST_DAYS = 3660;

const FOLDER_DAY = 'TRY_CAST(SUBSTR(source_file, 10, 10) AS DATE)';

/**
 * SQL, over a `source_file` that is read now, of the time at which it landed: noon (UTC) of the day of its folder
 * `raw/date=YYYY-MM-DD/`, so that most clocks show it on that day, though no later than now; or now if it lies elsewhere, or if that day
 * is yet to come or so long ago that nobody would see it.
 */
export const LANDED_AT = `CASE
    WHEN source_file LIKE 'raw/date=%' AND ${FOLDER_DAY} BETWEEN CURRENT_DATE - INTERVAL '${MOST_DAYS}' DAY AND CURRENT_DATE
      THEN LEAST(CAST(${FOLDER_DAY} AS TIMESTAMP) + INTERVAL '12' HOUR, CAST(CURRENT_TIMESTAMP AS TIMESTAMP))
    ELSE CAST(CURRENT_TIMESTAMP AS TIMESTAMP)
  END`;
