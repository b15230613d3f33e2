"""Records as GitHub writes them in JSON; the tests hold each shape against GitHub's OpenAPI description."""
