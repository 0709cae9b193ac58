"""What a verdict means for a redeploy: baselines, retries, reports for CI, and the pieces that users copy."""
