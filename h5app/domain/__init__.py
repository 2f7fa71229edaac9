"""Rules: no Flask, SQL, disk or clock. What is true here is true on the phone, on paper and in the console."""
