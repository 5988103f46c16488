"""The same gateways over HTTP. Needs the extra ``server``; loopback unless told otherwise."""
