#!/bin/sh
# A node: containerd and kubelet in mount and process namespaces of their own. This is process 1 there: when it ends,
# the kernel ends every container and undoes every mount.
# usage: node.sh FOLDER KUBELET ARGUMENT…
set -eu
folder=$1 kubelet=$2
shift 2
mount -t proc proc /proc
mount --make-rshared /
# What containerd, CNI and kubelet keep at fixed places must not meet another node's, or the machine's own.
for place in /run/containerd /run/netns /var/lib/cni /var/lib/kubelet /var/log/containers; do
  mkdir -p "$place"
  mount -t tmpfs tmpfs "$place"
done
containerd --config "$folder/containerd.toml" >>"$folder/containerd.log" 2>&1 &
# containerd refuses while it starts. As under systemd, kubelet is started again when it ends; not for ever, though.
starts=0
until "$kubelet" "$@"; do
  starts=$((starts + 1))
  [ "$starts" -lt 20 ] || exit 1
  sleep 0.2
done
