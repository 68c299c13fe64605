#!/bin/sh
# A socket file that a killed nginx left behind would keep the next one from listening: "Address already in use".
rm -f /run/edge-auth.sock
