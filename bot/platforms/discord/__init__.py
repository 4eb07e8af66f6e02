"""Discord: events become requests, answers become cards. No answer is made here."""
