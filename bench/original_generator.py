"""The loop that the original's table describes: one event at a time, drawn alone and serialized. Prints events per second."""

import json
import random
import string
import sys
import time

COUNTRIES = [str(n) for n in range(1, 46)]
COUNTRY_WEIGHTS = [1 / n for n in range(1, 46)]
HISTORY_S = 60 * 86_400


def generate_event():
    event_type = random.choices(["click", "search", "purchase"], weights=[0.6, 0.3, 0.1])[0]
    categories = ["electronics", "clothing", "books", "home_appliances", "toys", "other"]
    return {
        "event_type": event_type,
        "user_id": "".join(random.choices(string.ascii_lowercase, k=10)),
        "user_action": random.choices(
            ["home_page", "product_page", "cart_page", "checkout_page", "search_page"], weights=[0.2, 0.4, 0.2, 0.1, 0.1]
        )[0],
        "product_category": None
        if event_type == "search"
        else random.choices(categories, weights=[0.3, 0.2, 0.2, 0.1, 0.1, 0.1])[0],
        "location": random.choices(COUNTRIES, weights=COUNTRY_WEIGHTS)[0],
        "user_age": max(16, min(80, int(random.normalvariate(35, 10)))),
        "timestamp": int(time.time()) - random.randrange(HISTORY_S),
    }


def main(count):
    random.seed(1)
    start = time.perf_counter()
    size = sum(len(json.dumps(generate_event())) + 1 for _ in range(count))
    print(json.dumps({"events_per_s": count / (time.perf_counter() - start), "bytes": size}))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
