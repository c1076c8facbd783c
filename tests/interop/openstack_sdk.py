#!/usr/bin/env python3
"""openstacksdk, unchanged, against a cloud of the user's clouds.yaml: the whole life of a server, with what must be so.

Usage: openstack_sdk.py CLOUD     (with OS_CLIENT_CONFIG_FILE set). Exits non-zero at the first difference.
"""

import sys

import openstack
from openstack import exceptions


def must(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: got {got!r}, wanted {wanted!r}")
    print(f"ok  {what}")


def refused(what, kind, words, call):
    try:
        call()
    except kind as error:
        if words not in str(error):
            sys.exit(f"{what}: refused in other words: {error}")
        print(f"ok  {what}")
        return
    sys.exit(f"{what}: was not refused")


def main(cloud):
    admin = openstack.connect(cloud=f"{cloud}-admin")
    conn = openstack.connect(cloud=cloud)
    compute = conn.compute

    token = conn.authorize()
    must("a token of some length", len(token) > 20, True)
    must("the project's name", conn.current_project.name, "demo")
    must("its roles", sorted(r["name"] for r in conn.session.auth.get_access(conn.session)._data["token"]["roles"]),
         ["heat_stack_owner", "member", "reader"])

    must("flavors", sorted(f.name for f in compute.flavors()),
         ["m1.large", "m1.medium", "m1.nano", "m1.small", "m1.tiny", "m1.xlarge"])
    tiny, small = compute.find_flavor("m1.tiny"), compute.find_flavor("m1.small")
    must("a flavor", (tiny.ram, tiny.disk, tiny.vcpus, tiny.swap), (512, 1, 1, 0))
    image = conn.image.find_image("cirros")
    must("an image", (image.status, image.visibility, image.disk_format, image.size), ("active", "public", "raw", 1100))
    must("its contents", len(conn.image.download_image(image).content), 1100)
    network = conn.network.find_network("private")
    must("zones", [z.name for z in compute.availability_zones()], ["nova"])
    must("limits", compute.get_limits().absolute.instances, 150)

    refused("a flavor without a disk", exceptions.ForbiddenException, "Only volume-backed servers are allowed",
            lambda: compute.create_server(name="x", image_id=image.id, flavor_id="42", networks=[{"uuid": network.id}]))
    refused("an unknown flavor", exceptions.BadRequestException, "Flavor nosuch could not be found.",
            lambda: compute.create_server(name="x", image_id=image.id, flavor_id="nosuch",
                                          networks=[{"uuid": network.id}]))
    refused("an unknown server", exceptions.NotFoundException, "could not be found",
            lambda: compute.get_server("00000000-0000-0000-0000-000000000000"))

    key = compute.create_keypair(name="interop")
    must("a key", key.private_key.startswith("-----BEGIN RSA PRIVATE KEY-----"), True)
    server = compute.create_server(
        name="interop", image_id=image.id, flavor_id=tiny.id, key_name="interop", networks=[{"uuid": network.id}],
        metadata={"role": "web"}, tags=["t1"], description="a server", user_data="IyEvYmluL3NoCg==",
    )
    must("a server begins", compute.get_server(server).status, "BUILD")
    server = compute.wait_for_server(server, wait=60)
    must("and is ACTIVE", (server.status, server.task_state, server.vm_state, server.power_state),
         ("ACTIVE", None, "active", 1))
    must("it has an address", [len(server.addresses["private"]), server.addresses["private"][0]["OS-EXT-IPS:type"]],
         [1, "fixed"])
    must("and all that it was given", (server.metadata, server.tags, server.description, server.key_name,
                                       server.flavor.name, server.image.id),
         ({"role": "web"}, ["t1"], "a server", "interop", "m1.tiny", image.id))
    must("lists show it", [s.name for s in compute.servers(name="^interop$")], ["interop"])
    must("by tag too", [s.name for s in compute.servers(tags="t1")], ["interop"])
    must("and an admin sees it", server.id in [s.id for s in admin.compute.servers(all_projects=True)], True)

    compute.set_server_metadata(server, tier="1")
    must("metadata is added", compute.fetch_server_metadata(server).metadata, {"role": "web", "tier": "1"})
    compute.delete_server_metadata(server, ["role"])
    must("metadata is taken away", compute.fetch_server_metadata(server).metadata, {"tier": "1"})
    must("a new name", compute.update_server(server, name="renamed").name, "renamed")

    def done(what, status):
        nonlocal server
        server = compute.wait_for_server(server, status=status, wait=60)
        must(what, server.status, status)

    compute.resize_server(server, small)
    done("a resize wants to be verified", "VERIFY_RESIZE")
    compute.confirm_server_resize(server)
    done("and is confirmed", "ACTIVE")
    must("with the new flavor", server.flavor.name, "m1.small")
    compute.resize_server(server, tiny)
    done("a resize back", "VERIFY_RESIZE")
    compute.revert_server_resize(server)
    done("is reverted", "ACTIVE")
    must("to the flavor before", compute.get_server(server).flavor.name, "m1.small")

    refused("who is no administrator moves nothing", openstack.exceptions.ForbiddenException, "os-migrate-server:migrate",
            lambda: compute.migrate_server(server))
    host = lambda: admin.compute.get_server(server.id).compute_host
    first = host()
    admin.compute.migrate_server(server.id)
    done("a migration wants to be verified", "VERIFY_RESIZE")
    admin.compute.confirm_server_resize(server.id)
    done("and is confirmed", "ACTIVE")
    second = host()
    admin.compute.live_migrate_server(server.id, block_migration="auto")
    server = compute.get_server(server)
    must("a live one goes on by itself", server.status, "MIGRATING")
    done("and ends by itself", "ACTIVE")
    must("the host is another one, and the first one again", (second != first, host() == first), (True, True))

    for how, status in (("SOFT", "REBOOT"), ("HARD", "HARD_REBOOT")):
        compute.reboot_server(server, how)
        must(f"a {how} reboot begins", compute.get_server(server).status in (status, "ACTIVE"), True)
        done(f"a {how} reboot ends", "ACTIVE")
    compute.rebuild_server(server, image=image, name="rebuilt")
    done("a rebuild ends", "ACTIVE")
    must("with its new name", server.name, "rebuilt")

    for verb, status in (("stop", "SHUTOFF"), ("start", "ACTIVE"), ("pause", "PAUSED"), ("unpause", "ACTIVE"),
                         ("suspend", "SUSPENDED"), ("resume", "ACTIVE"), ("rescue", "RESCUE"), ("unrescue", "ACTIVE"),
                         ("shelve", "SHELVED_OFFLOADED"), ("unshelve", "ACTIVE")):
        getattr(compute, f"{verb}_server")(server)
        done(verb, status)
    refused("what does not fit the state", exceptions.ConflictException, "while it is in vm_state active",
            lambda: compute.start_server(server))
    compute.lock_server(server)
    refused("what is locked", exceptions.ConflictException, "is locked", lambda: compute.reboot_server(server, "HARD"))
    compute.unlock_server(server)
    must("the console", compute.get_server_console_output(server)["output"].splitlines()[-1], "LAST LINE")
    must("interfaces", len(list(compute.server_interfaces(server))), 1)
    must("the last action", next(iter(compute.server_actions(server))).action in ("unlock", "unshelve"), True)

    surroundings(conn, server)

    snapshot = compute.create_server_image(server, "snap", metadata={"m": "n"}, wait=True, timeout=60)
    must("a snapshot", (snapshot.status, snapshot.name, snapshot.properties.get("m")), ("active", "snap", "n"))
    must("knows its server", snapshot.instance_uuid, server.id)
    conn.image.delete_image(snapshot)
    must("is deleted", conn.image.find_image("snap"), None)

    upload = conn.image.create_image("mine", data=b"hello world", disk_format="raw", container_format="bare",
                                     colour="blue", validate_checksum=True)
    upload = conn.image.get_image(upload.id)
    must("an upload", (upload.status, upload.size, upload.properties.get("colour")), ("active", 11, "blue"))
    must("comes back as it was", conn.image.download_image(upload).content, b"hello world")
    must("in pieces too", b"".join(conn.image.download_image(upload, stream=True).iter_content(4)), b"hello world")
    conn.image.add_member(upload, member_id="0123456789abcdef0123456789abcdef")
    must("is shared", [(m.member_id, m.status) for m in conn.image.members(upload)],
         [("0123456789abcdef0123456789abcdef", "pending")])
    conn.image.remove_member("0123456789abcdef0123456789abcdef", upload)
    must("and shared no more", list(conn.image.members(upload)), [])
    upload = conn.image.update_image(upload, name="renamed")
    must("is patched", upload.name, "renamed")
    conn.image.add_tag(upload, "t")
    must("and tagged", conn.image.get_image(upload.id).tags, ["t"])
    conn.image.delete_image(upload)

    compute.delete_server(server)
    compute.wait_for_delete(server, wait=60)
    must("the server is gone", compute.find_server(server.id), None)
    compute.delete_keypair("interop")
    fleet = [compute.create_server(name=f"f{n}", image_id=image.id, flavor_id=tiny.id, networks="none")
             for n in range(5)]
    for member in fleet:
        compute.wait_for_server(member, wait=60)
    must("a list in pages", sorted({s.name for s in compute.servers(limit=2, name="^f[0-4]$")}),
         ["f0", "f1", "f2", "f3", "f4"])
    for member in fleet:
        compute.delete_server(member)
    for member in fleet:
        compute.wait_for_delete(member, wait=60)
    must("nothing is left", [s.name for s in compute.servers(name="^f[0-4]$")], [])


def surroundings(conn, server):
    """What a server has around it: networks, groups, floating addresses, volumes."""
    network, storage, compute = conn.network, conn.block_storage, conn.compute
    inner = network.create_network(name="inner")
    subnet = network.create_subnet(network_id=inner.id, name="inner", ip_version=4, cidr="192.168.9.0/24")
    must("a subnet", (subnet.gateway_ip, subnet.allocation_pools),
         ("192.168.9.1", [{"start": "192.168.9.2", "end": "192.168.9.254"}]))
    outside = network.find_network("public")
    router = network.create_router(name="r", external_gateway_info={"network_id": outside.id})
    network.add_interface_to_router(router, subnet_id=subnet.id)
    must("a router's ports", [p.device_owner for p in network.ports(device_id=router.id)],
         ["network:router_interface"])
    refused("a network in use", exceptions.ConflictException, "There are one or more ports still in use",
            lambda: network.delete_network(inner))
    network.remove_interface_from_router(router, subnet_id=subnet.id)
    network.delete_router(router)
    network.delete_network(inner)

    group = network.create_security_group(name="db")
    rule = network.create_security_group_rule(security_group_id=group.id, direction="ingress", protocol="tcp",
                                              port_range_min=3306, port_range_max=3306, remote_group_id=group.id)
    must("a rule", (rule.protocol, rule.remote_group_id, rule.ether_type), ("tcp", group.id, "IPv4"))
    must("a group's rules", len(network.get_security_group(group).security_group_rules), 3)
    network.delete_security_group(group)

    floating = conn.create_floating_ip(network="public", server=server, wait=True, timeout=60)
    addresses = compute.get_server(server).addresses["private"]
    must("a floating address", [a["addr"] for a in addresses if a["OS-EXT-IPS:type"] == "floating"],
         [floating.floating_ip_address])
    network.delete_ip(floating.id)

    def settled(status):
        # Asked anew: what the client has at hand may be of before.
        return storage.wait_for_status(storage.get_volume(volume), status, interval=0.1, wait=60)

    volume = storage.create_volume(size=1, name="v", metadata={"a": "b"})
    volume = settled("available")
    must("a volume", (volume.size, volume.volume_type, volume.metadata, volume.is_bootable), (1, "fake", {"a": "b"}, False))
    attachment = compute.create_volume_attachment(server, volume_id=volume.id)
    settled("in-use")
    must("an attachment", [a.device for a in compute.volume_attachments(server)], ["/dev/sdb"])
    compute.delete_volume_attachment(attachment, server)
    settled("available")
    storage.extend_volume(volume, 2)
    volume = settled("available")
    must("a larger volume", volume.size, 2)
    snapshot = storage.create_snapshot(volume_id=volume.id, name="s")
    snapshot = storage.wait_for_status(snapshot, "available", interval=0.1, wait=60)
    must("a snapshot of a volume", (snapshot.size, snapshot.volume_id), (2, volume.id))
    refused("a volume with snapshots", exceptions.BadRequestException, "have snapshots",
            lambda: storage.delete_volume(volume))
    storage.delete_snapshot(snapshot)
    storage.wait_for_delete(snapshot, interval=0.1, wait=60)
    storage.delete_volume(volume)
    storage.wait_for_delete(volume, interval=0.1, wait=60)
    must("no volumes are left", list(storage.volumes()), [])


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "sim")
