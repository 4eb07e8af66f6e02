"""The conversation on Telegram: updates become requests, answers become messages. Nothing here knows a figure."""
