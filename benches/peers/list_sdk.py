"""Lists every server of OS_CLOUD with openstacksdk, as a script would; prints how many ids there are."""
import openstack

servers = list(openstack.connect().compute.servers())
print(len({server.id for server in servers}))
