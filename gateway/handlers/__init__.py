"""One small async function a call, grouped by family."""
