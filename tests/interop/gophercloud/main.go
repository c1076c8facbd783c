// A day's work through gophercloud, unchanged, on a cloud of the user's clouds.yaml: networks, ports, groups, a server's life,
// volumes, backups and images, with what must be so. The same on the simulator and on a real OpenStack.
//
// Usage: gophercloud-interop (with OS_CLIENT_CONFIG_FILE and OS_CLOUD set). Exits non-zero at the first difference; what it
// made it deletes first.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"sort"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/blockstorage/v3/backups"
	"github.com/gophercloud/gophercloud/v2/openstack/blockstorage/v3/snapshots"
	"github.com/gophercloud/gophercloud/v2/openstack/blockstorage/v3/volumes"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/attachinterfaces"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/flavors"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/keypairs"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/servergroups"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/servers"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/tags"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/volumeattach"
	"github.com/gophercloud/gophercloud/v2/openstack/config"
	"github.com/gophercloud/gophercloud/v2/openstack/config/clouds"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
	"github.com/gophercloud/gophercloud/v2/openstack/image/v2/imagedata"
	"github.com/gophercloud/gophercloud/v2/openstack/image/v2/images"
	"github.com/gophercloud/gophercloud/v2/openstack/image/v2/members"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/layer3/floatingips"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/layer3/routers"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/security/groups"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/security/rules"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/networks"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/ports"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/subnets"
)

// What to take back, last first, also when something differs.
var undo []func()

func later(f func()) { undo = append(undo, f) }

func cleanup() {
	for len(undo) > 0 {
		last := undo[len(undo)-1]
		undo = undo[:len(undo)-1]
		last()
	}
}

func stop(format string, words ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", words...)
	cleanup()
	os.Exit(1)
}

func must(what string, got, wanted any) {
	if !reflect.DeepEqual(got, wanted) {
		stop("%s: got %#v, wanted %#v", what, got, wanted)
	}
	fmt.Println("ok ", what)
}

// done gives a call's answer, or stops.
func done[T any](what string) func(T, error) T {
	return func(value T, err error) T {
		if err != nil {
			stop("%s: %v", what, err)
		}
		return value
	}
}

func fine(what string, err error) {
	if err != nil {
		stop("%s: %v", what, err)
	}
}

func refused(what string, code int, err error) {
	if !gophercloud.ResponseCodeIs(err, code) {
		stop("%s: got %v, wanted a refusal with %d", what, err, code)
	}
	fmt.Println("ok ", what)
}

// until waits for a word, a minute and a half at the most.
func until(what, wanted string, look func() (string, error)) {
	last := ""
	for tries := 0; tries < 180; tries++ {
		now, err := look()
		if err == nil && now == wanted {
			fmt.Println("ok ", what)
			return
		}
		last = fmt.Sprint(now, " ", err)
		if now == "ERROR" || now == "error" {
			break
		}
		time.Sleep(500 * time.Millisecond)
	}
	stop("%s: got %s, wanted %s", what, last, wanted)
}

// gone gives "gone" where the answer is 404.
func gone[T any](value T, err error) (string, error) {
	if gophercloud.ResponseCodeIs(err, http.StatusNotFound) {
		return "gone", nil
	}
	return "there", err
}

func main() {
	ctx := context.Background()
	auth, where, tls, err := clouds.Parse()
	fine("clouds.yaml", err)
	provider := done[*gophercloud.ProviderClient]("a login")(config.NewProviderClient(ctx, auth, config.WithTLSConfig(tls)))
	client := func(make func(*gophercloud.ProviderClient, gophercloud.EndpointOpts) (*gophercloud.ServiceClient, error)) *gophercloud.ServiceClient {
		return done[*gophercloud.ServiceClient]("an endpoint")(make(provider, where))
	}
	identity, compute := client(openstack.NewIdentityV3), client(openstack.NewComputeV2)
	network, image, block := client(openstack.NewNetworkV2), client(openstack.NewImageV2), client(openstack.NewBlockStorageV3)
	compute.Microversion = "2.79"
	block.Microversion = "3.59"

	project := done[*tokens.Project]("a project")(tokens.Get(ctx, identity, provider.TokenID).ExtractProject())
	must("a project with a name", project.Name != "" && len(project.ID) == 32, true)

	// Networks.
	inner := done[*networks.Network]("a network")(networks.Create(ctx, network, networks.CreateOpts{Name: "gopher-net", Description: "d"}).Extract())
	later(func() { networks.Delete(ctx, network, inner.ID) })
	must("a network is as asked", []any{inner.Name, inner.Description, inner.Status, inner.Shared, inner.TenantID},
		[]any{"gopher-net", "d", "ACTIVE", false, project.ID})
	gateway := "192.168.77.1"
	subnet := done[*subnets.Subnet]("a subnet")(subnets.Create(ctx, network, subnets.CreateOpts{
		NetworkID: inner.ID, CIDR: "192.168.77.0/24", IPVersion: 4, GatewayIP: &gateway, Name: "gopher-subnet",
		DNSNameservers: []string{"192.0.2.53"},
	}).Extract())
	later(func() { subnets.Delete(ctx, network, subnet.ID) })
	must("a subnet is as asked", []any{subnet.CIDR, subnet.GatewayIP, subnet.EnableDHCP, subnet.DNSNameservers, subnet.AllocationPools},
		[]any{"192.168.77.0/24", gateway, true, []string{"192.0.2.53"}, []subnets.AllocationPool{{Start: "192.168.77.2", End: "192.168.77.254"}}})
	_, err = subnets.Create(ctx, network, subnets.CreateOpts{NetworkID: inner.ID, CIDR: "192.168.77.0/25", IPVersion: 4}).Extract()
	refused("a range that is taken", http.StatusBadRequest, err)

	// Security groups.
	group := done[*groups.SecGroup]("a group")(groups.Create(ctx, network, groups.CreateOpts{Name: "gopher-group", Description: "web"}).Extract())
	later(func() { groups.Delete(ctx, network, group.ID) })
	must("a group lets everything out", len(group.Rules), 2)
	rule := rules.CreateOpts{Direction: rules.DirIngress, EtherType: rules.EtherType4, SecGroupID: group.ID, Protocol: rules.ProtocolTCP,
		PortRangeMin: 80, PortRangeMax: 90, RemoteIPPrefix: "192.0.2.0/24"}
	made := done[*rules.SecGroupRule]("a rule")(rules.Create(ctx, network, rule).Extract())
	must("a rule is as asked", []any{made.Direction, made.Protocol, made.PortRangeMin, made.PortRangeMax, made.RemoteIPPrefix},
		[]any{"ingress", "tcp", 80, 90, "192.0.2.0/24"})
	_, err = rules.Create(ctx, network, rule).Extract()
	refused("the same rule again", http.StatusConflict, err)

	// Ports.
	port := done[*ports.Port]("a port")(ports.Create(ctx, network, ports.CreateOpts{
		NetworkID: inner.ID, Name: "gopher-port", SecurityGroups: &[]string{group.ID},
		FixedIPs:            []ports.IP{{SubnetID: subnet.ID, IPAddress: "192.168.77.9"}},
		AllowedAddressPairs: []ports.AddressPair{{IPAddress: "192.168.77.100"}},
	}).Extract())
	later(func() { ports.Delete(ctx, network, port.ID) })
	must("a port is as asked", []any{port.FixedIPs[0].IPAddress, port.AllowedAddressPairs[0].IPAddress, port.SecurityGroups, port.DeviceID},
		[]any{"192.168.77.9", "192.168.77.100", []string{group.ID}, ""})
	spare := done[*ports.Port]("another port")(ports.Create(ctx, network, ports.CreateOpts{NetworkID: inner.ID, Name: "gopher-spare"}).Extract())
	later(func() { ports.Delete(ctx, network, spare.ID) })
	must("a list by name", listed(ctx, ports.List(network, ports.ListOpts{Name: "gopher-spare"}), ports.ExtractPorts, func(p ports.Port) string { return p.ID }),
		[]string{spare.ID})
	newName := "gopher-renamed"
	spare = done[*ports.Port]("a new name")(ports.Update(ctx, network, spare.ID, ports.UpdateOpts{Name: &newName}).Extract())
	must("a port is renamed", spare.Name, newName)

	// A router, and an address from outside.
	outside := listedAs(ctx, networks.List(network, networks.ListOpts{Name: "public"}), networks.ExtractNetworks)
	must("one network leads outside", len(outside), 1)
	router := done[*routers.Router]("a router")(routers.Create(ctx, network, routers.CreateOpts{
		Name: "gopher-router", GatewayInfo: &routers.GatewayInfo{NetworkID: outside[0].ID}}).Extract())
	later(func() { routers.Delete(ctx, network, router.ID) })
	must("a router has its gateway", router.GatewayInfo.NetworkID, outside[0].ID)
	joined := done[*routers.InterfaceInfo]("an interface")(routers.AddInterface(ctx, network, router.ID, routers.AddInterfaceOpts{SubnetID: subnet.ID}).Extract())
	later(func() {
		routers.RemoveInterface(ctx, network, router.ID, routers.RemoveInterfaceOpts{SubnetID: subnet.ID})
	})
	must("it is the subnet's", joined.SubnetID, subnet.ID)
	refused("a router in use", http.StatusConflict, routers.Delete(ctx, network, router.ID).ExtractErr())
	address := done[*floatingips.FloatingIP]("an address")(floatingips.Create(ctx, network, floatingips.CreateOpts{FloatingNetworkID: outside[0].ID}).Extract())
	later(func() { floatingips.Delete(ctx, network, address.ID) })
	address = done[*floatingips.FloatingIP]("at a port")(floatingips.Update(ctx, network, address.ID, floatingips.UpdateOpts{PortID: &port.ID}).Extract())
	must("an address at its port", []string{address.PortID, address.FixedIP, address.RouterID}, []string{port.ID, "192.168.77.9", router.ID})

	// A server in a server group.
	apart := done[*servergroups.ServerGroup]("a server group")(servergroups.Create(ctx, compute, servergroups.CreateOpts{
		Name: "gopher-apart", Policy: "soft-anti-affinity"}).Extract())
	later(func() { servergroups.Delete(ctx, compute, apart.ID) })
	must("a server group is as asked", []any{apart.Name, *apart.Policy, len(apart.Members)}, []any{"gopher-apart", "soft-anti-affinity", 0})
	sizes := map[string]flavors.Flavor{}
	for _, flavor := range listedAs(ctx, flavors.ListDetail(compute, nil), flavors.ExtractFlavors) {
		sizes[flavor.Name] = flavor
	}
	tiny, small := sizes["m1.tiny"], sizes["m1.small"]
	must("flavors", []int{tiny.RAM, tiny.Disk, small.RAM}, []int{512, 1, 2048})
	cirros := listedAs(ctx, images.List(image, images.ListOpts{Name: "cirros"}), images.ExtractImages)
	must("one image of a name", len(cirros), 1)
	pair := done[*keypairs.KeyPair]("a key")(keypairs.Create(ctx, compute, keypairs.CreateOpts{Name: "gopher-key", Type: "ssh", PublicKey: publicKey}).Extract())
	later(func() { keypairs.Delete(ctx, compute, pair.Name, nil) })
	must("a key's fingerprint", pair.Fingerprint, "0f:a2:0a:d7:38:3e:65:45:08:6b:63:84:1c:ff:dc:ba")
	_, err = keypairs.Create(ctx, compute, keypairs.CreateOpts{Name: "gopher-key", Type: "ssh", PublicKey: publicKey}).Extract()
	refused("a key of that name", http.StatusConflict, err)
	spec := keypairs.CreateOptsExt{KeyName: pair.Name, CreateOptsBuilder: servers.CreateOpts{
		Name: "gopher", ImageRef: cirros[0].ID, FlavorRef: tiny.ID, Networks: []servers.Network{{Port: port.ID}},
		Metadata: map[string]string{"role": "web"}, Tags: []string{"t1"}, UserData: []byte("#!/bin/sh\n"),
	}}
	server := done[*servers.Server]("a server")(servers.Create(ctx, compute, spec, servers.SchedulerHintOpts{Group: apart.ID}).Extract())
	id := server.ID
	later(func() {
		servers.Delete(ctx, compute, id)
		for tries := 0; tries < 60; tries++ {
			if now, _ := gone(servers.Get(ctx, compute, id).Extract()); now == "gone" {
				break
			}
			time.Sleep(500 * time.Millisecond)
		}
	})
	status := func() (string, error) {
		now, err := servers.Get(ctx, compute, id).Extract()
		if err != nil {
			return "", err
		}
		return now.Status, nil
	}
	until("a server is ACTIVE", "ACTIVE", status)
	server = done[*servers.Server]("a server")(servers.Get(ctx, compute, id).Extract())
	must("a server is as asked", []any{server.Name, server.KeyName, server.Metadata, *server.Tags, server.Flavor["original_name"]},
		[]any{"gopher", "gopher-key", map[string]string{"role": "web"}, []string{"t1"}, "m1.tiny"})
	apart = done[*servergroups.ServerGroup]("a server group")(servergroups.Get(ctx, compute, apart.ID).Extract())
	must("a server group knows it", apart.Members, []string{id})
	must("its interfaces", listed(ctx, attachinterfaces.List(compute, id), attachinterfaces.ExtractInterfaces, func(i attachinterfaces.Interface) string { return i.PortID }),
		[]string{port.ID})
	done[*attachinterfaces.Interface]("another interface")(attachinterfaces.Create(ctx, compute, id, attachinterfaces.CreateOpts{PortID: spare.ID}).Extract())
	must("two interfaces", len(listedAs(ctx, attachinterfaces.List(compute, id), attachinterfaces.ExtractInterfaces)), 2)
	fine("an interface goes", attachinterfaces.Delete(ctx, compute, id, spare.ID).ExtractErr())
	until("one interface is left", "1", func() (string, error) {
		return fmt.Sprint(len(listedAs(ctx, attachinterfaces.List(compute, id), attachinterfaces.ExtractInterfaces))), nil
	})
	fine("a tag", tags.Add(ctx, compute, id, "t2").ExtractErr())
	kept := done[[]string]("tags")(tags.List(ctx, compute, id).Extract())
	sort.Strings(kept)
	must("its tags", kept, []string{"t1", "t2"})
	meta := done[map[string]string]("metadata")(servers.UpdateMetadata(ctx, compute, id, servers.MetadataOpts{"tier": "1"}).Extract())
	must("metadata is added", meta, map[string]string{"role": "web", "tier": "1"})
	fine("a resize", servers.Resize(ctx, compute, id, servers.ResizeOpts{FlavorRef: small.ID}).ExtractErr())
	until("a resize wants to be verified", "VERIFY_RESIZE", status)
	fine("a confirmation", servers.ConfirmResize(ctx, compute, id).ExtractErr())
	until("and is confirmed", "ACTIVE", status)
	fine("a stop", servers.Stop(ctx, compute, id).ExtractErr())
	until("stopped", "SHUTOFF", status)
	refused("what does not fit the state", http.StatusConflict, servers.Stop(ctx, compute, id).ExtractErr())
	fine("a start", servers.Start(ctx, compute, id).ExtractErr())
	until("started", "ACTIVE", status)

	// Volumes, snapshots, backups.
	volume := done[*volumes.Volume]("a volume")(volumes.Create(ctx, block, volumes.CreateOpts{Size: 1, Name: "gopher-volume", Metadata: map[string]string{"a": "b"}}, nil).Extract())
	later(func() { volumes.Delete(ctx, block, volume.ID, nil) })
	state := func(id string) func() (string, error) {
		return func() (string, error) {
			now, err := volumes.Get(ctx, block, id).Extract()
			if err != nil {
				return "", err
			}
			return now.Status, nil
		}
	}
	until("a volume is available", "available", state(volume.ID))
	attached := done[*volumeattach.VolumeAttachment]("an attachment")(volumeattach.Create(ctx, compute, id, volumeattach.CreateOpts{VolumeID: volume.ID}).Extract())
	must("an attachment", []string{attached.VolumeID, attached.ServerID}, []string{volume.ID, id})
	until("a volume is in use", "in-use", state(volume.ID))
	refused("deleting it", http.StatusBadRequest, volumes.Delete(ctx, block, volume.ID, nil).ExtractErr())
	fine("a detachment", volumeattach.Delete(ctx, compute, id, volume.ID).ExtractErr())
	until("a volume is free again", "available", state(volume.ID))
	fine("a larger volume", volumes.ExtendSize(ctx, block, volume.ID, volumes.ExtendSizeOpts{NewSize: 2}).ExtractErr())
	until("it is larger", "available 2", func() (string, error) {
		now, err := volumes.Get(ctx, block, volume.ID).Extract()
		if err != nil {
			return "", err
		}
		return fmt.Sprint(now.Status, " ", now.Size), nil
	})
	snapshot := done[*snapshots.Snapshot]("a snapshot")(snapshots.Create(ctx, block, snapshots.CreateOpts{VolumeID: volume.ID, Name: "gopher-snap"}).Extract())
	until("a snapshot is available", "available", func() (string, error) {
		now, err := snapshots.Get(ctx, block, snapshot.ID).Extract()
		if err != nil {
			return "", err
		}
		return now.Status, nil
	})
	fine("a snapshot goes", snapshots.Delete(ctx, block, snapshot.ID).ExtractErr())
	until("a snapshot is gone", "gone", func() (string, error) { return gone(snapshots.Get(ctx, block, snapshot.ID).Extract()) })
	backup := done[*backups.Backup]("a backup")(backups.Create(ctx, block, backups.CreateOpts{VolumeID: volume.ID, Name: "gopher-backup"}).Extract())
	later(func() { backups.Delete(ctx, block, backup.ID) })
	until("a backup is available", "available", func() (string, error) {
		now, err := backups.Get(ctx, block, backup.ID).Extract()
		if err != nil {
			return "", err
		}
		return now.Status, nil
	})
	restored := done[*backups.Restore]("a restore")(backups.RestoreFromBackup(ctx, block, backup.ID, backups.RestoreOpts{Name: "gopher-restored"}).Extract())
	later(func() { volumes.Delete(ctx, block, restored.VolumeID, nil) })
	until("a restored volume is available", "available", state(restored.VolumeID))
	must("a restored volume has the name", done[*volumes.Volume]("it")(volumes.Get(ctx, block, restored.VolumeID).Extract()).Name, "gopher-restored")
	fine("a restored volume goes", volumes.Delete(ctx, block, restored.VolumeID, nil).ExtractErr())
	until("a restored volume is gone", "gone", func() (string, error) { return gone(volumes.Get(ctx, block, restored.VolumeID).Extract()) })
	fine("a backup goes", backups.Delete(ctx, block, backup.ID).ExtractErr())
	until("a backup is gone", "gone", func() (string, error) { return gone(backups.Get(ctx, block, backup.ID).Extract()) })

	// Images: the bytes come back as they went.
	upload := done[*images.Image]("an image")(images.Create(ctx, image, images.CreateOpts{Name: "gopher-image", DiskFormat: "raw", ContainerFormat: "bare",
		Properties: map[string]string{"colour": "blue"}, Tags: []string{"mine"}}).Extract())
	later(func() { images.Delete(ctx, image, upload.ID) })
	must("an image waits for its data", upload.Status, images.ImageStatusQueued)
	data := bytes.Repeat([]byte("rhain"), 40_000)
	fine("an upload", imagedata.Upload(ctx, image, upload.ID, bytes.NewReader(data)).ExtractErr())
	upload = done[*images.Image]("an image")(images.Get(ctx, image, upload.ID).Extract())
	must("an image is as asked", []any{upload.Status, upload.SizeBytes, upload.Properties["colour"], upload.Tags},
		[]any{images.ImageStatusActive, int64(len(data)), "blue", []string{"mine"}})
	body := done[io.ReadCloser]("a download")(imagedata.Download(ctx, image, upload.ID).Extract())
	back := done[[]byte]("a download")(io.ReadAll(body))
	must("the bytes are equal", bytes.Equal(back, data), true)
	refused("data twice", http.StatusConflict, imagedata.Upload(ctx, image, upload.ID, bytes.NewReader(data)).ExtractErr())
	member := done[*members.Member]("a member")(members.Create(ctx, image, upload.ID, "0123456789abcdef0123456789abcdef").Extract())
	must("a member waits", member.Status, "pending")
	fine("a member goes", members.Delete(ctx, image, upload.ID, member.MemberID).ExtractErr())
	renamed := done[*images.Image]("an image")(images.Update(ctx, image, upload.ID, images.UpdateOpts{images.ReplaceImageName{NewName: "gopher-other"}, images.ReplaceImageMinDisk{NewMinDisk: 2}}).Extract())
	must("an image is changed", []any{renamed.Name, renamed.MinDiskGigabytes}, []any{"gopher-other", 2})

	fine("a server goes", servers.Delete(ctx, compute, id).ExtractErr())
	until("a server is gone", "gone", func() (string, error) { return gone(servers.Get(ctx, compute, id).Extract()) })
	cleanup()
	until("a volume is gone", "gone", func() (string, error) { return gone(volumes.Get(ctx, block, volume.ID).Extract()) })
	_, err = networks.Get(ctx, network, inner.ID).Extract()
	refused("a network is gone", http.StatusNotFound, err)
	fmt.Println("all is as it should be")
}

// listedAs gives every member of every page.
func listedAs[T any](ctx context.Context, pages pager, extract func(page) ([]T, error)) []T {
	all := done[page]("a list")(pages.AllPages(ctx))
	return done[[]T]("a list")(extract(all))
}

// listed gives a word of each.
func listed[T any](ctx context.Context, pages pager, extract func(page) ([]T, error), word func(T) string) []string {
	words := []string{}
	for _, one := range listedAs(ctx, pages, extract) {
		words = append(words, word(one))
	}
	return words
}

const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f gopher"
