"""Runs a command on a terminal of its own, 120 by 40, and writes all that the terminal gets, byte by byte, to standard output."""

import fcntl
import os
import struct
import subprocess
import sys
import termios

terminal, end = os.openpty()
fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
child = subprocess.Popen(sys.argv[1:], stdin=end, stdout=end, stderr=end, start_new_session=True)
os.close(end)
while True:
    try:
        got = os.read(terminal, 65536)
    except OSError:  # Linux's word for the end
        break
    if not got:
        break
    sys.stdout.buffer.write(got)
sys.stdout.flush()
sys.exit(child.wait())
