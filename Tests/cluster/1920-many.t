#!/bin/sh
# list, status and history of many releases: their output, and the number of requests. The real kubectl is counted.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs own api

mkdir counted
cat >counted/kubectl <<EOF
#!/bin/sh
echo "\$*" | tr '\n' ' ' | sed 's/\$/\n/' >>"$scratch/calls"
exec $(command -v kubectl) "\$@"
EOF
chmod +x counted/kubectl
calls() { # COMMAND...: how often it started kubectl, in $calls
  : >calls
  PATH="$scratch/counted:$PATH" "$@" || true
  calls=$(wc -l <calls)
}

# Thirty releases of three revisions, as written by helm; some of them have workloads, and one has a URL.
release() { # NAME REVISION STATUS
  jq -cn --arg name "$1" --argjson version "$2" --arg status "$3" \
    '{name: $name, version: $version, namespace: "default", config: {},
    info: {status: $status, description: "by \($version)", last_deployed: "2026-01-02T00:00:0\($version)Z",
      notes: "of \($name)"},
    chart: {metadata: {name: "web", version: "0.\($version).0"}, templates: [{name: "templates/x",
      data: ("x" * 4000)}]},
    manifest: "apiVersion: v1\nkind: Service\nmetadata: {name: \($name)}\nspec: {type: \(if $name == "app7" then "NodePort" else "ClusterIP" end), ports: [{port: 80}]}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: \($name)}\n---\napiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: \($name)}}, {apiVersion: v1, kind: Secret, metadata: {name: \($name)}}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: \"many:\($name)\"}\n\(if $name == "app13" then "---\napiVersion: draft.test/v1\nkind: Thing\nmetadata: {name: app13}\n" else "" end)"}' |
    gzip -c | base64 -w0 | base64 -w0
}
for i in $(seq 30); do
  for revision in 1 2 3; do
    [ $revision = 3 ] && state=deployed || state=superseded
    release "app$i" "$revision" "$state" >body
    jq -cn --rawfile body body --arg name "app$i" --arg version "$revision" --arg status "$state" \
      '{apiVersion: "v1", kind: "Secret", type: "helm.sh/release.v1",
      metadata: {name: "sh.helm.release.v1.\($name).v\($version)", labels: {owner: "helm", name: $name,
        version: $version, status: $status}}, data: {release: $body}}'
  done
  [ "$i" = 12 ] || jq -cn --arg name "app$i" '{apiVersion: "v1", kind: "ConfigMap", metadata: {name: $name}}'
  [ "$i" = 14 ] || jq -cn --arg name "app$i" \
    '{apiVersion: "v1", kind: "Secret", metadata: {name: $name}, stringData: {a: "b"}}'
  [ "$i" = 15 ] || jq -cn --arg name "many:app$i" \
    '{apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: {name: $name}, rules: []}'
  [ "$i" = 12 ] || jq -cn --arg name "app$i" '{apiVersion: "v1", kind: "Service", metadata: {name: $name},
    spec: {type: (if $name == "app7" then "NodePort" else "ClusterIP" end), ports: [{port: 80}]}}'
  [ "$i" = 11 ] || jq -cn --arg name "app$i" \
    '{apiVersion: "apps/v1", kind: "Deployment", metadata: {name: $name}, spec: {replicas: 1,
      selector: {matchLabels: {app: "web", instance: $name}}, template: {metadata: {labels: {app: "web",
        instance: $name}}, spec: {containers: [{name: "x", image: "x"}]}}}}'
  for pod in a b; do
    [ "$i" != 5 ] || jq -cn --arg pod $pod '{apiVersion: "v1", kind: "Pod", metadata: {name: "app5-\($pod)",
      labels: {app: "web", instance: "app5"}}, spec: {containers: [{name: "x", image: "x"}]}}'
    # Of another application, with one of the two labels.
    [ "$i" != 6 ] || jq -cn --arg pod $pod '{apiVersion: "v1", kind: "Pod", metadata: {name: "other-\($pod)",
      labels: {app: "other", instance: "app6"}}, spec: {containers: [{name: "x", image: "x"}]}}'
  done
done | jq -cs '{apiVersion: "v1", kind: "List", items: .}' >objects
kubectl create -f objects >/dev/null
{ for i in $(seq 30); do printf \
  '{"draft":1,"app":{"name":"app%s","dir":"","namespace":"default"},"n":%s}\n' "$i" "$i"; done; cat <<'EOF'; } >lines
{"draft":1,"app":{"name":"nobody","dir":"","namespace":"default"}}
{"draft":1,"app":{"name":"app3","dir":"","namespace":"default"},"again":true}
{"draft":1,"app":{"name":"app3","dir":"","namespace":"elsewhere"}}
{"draft":1,"app":{"name":"app4","dir":"","namespace":"default"},"failure":{"by":"x","code":1,"message":"m"}}
EOF
alone() { while read -r line; do echo "$line" | "draft-$1" 2>/dev/null; done <lines >"$1.alone"; }
alone status
alone history
is '(queried alone, each has its pods, its address, and its missing objects)' \
  "$(jq -c 'select(.n == 5 or .n == 6 or .n == 7 or .n == 11) | [.n, (.status.pods | map(.name)), (.release.urls |
    length), .status.workloads[0].reason]' status.alone | tr '\n' ' ')" \
  '[5,["app5-a","app5-b"],0,"rolling out"] [6,[],0,"rolling out"] [7,[],1,"rolling out"] [11,[],0,"is missing"] '
is '… and names other missing objects' \
  "$(jq -c 'select(.status.missing) | [.n, .status.missing]' status.alone | tr '\n' ' ')" \
  '[12,["Service/app12","ConfigMap/app12"]] [14,["Secret/app14"]] [15,["ClusterRole/many:app15"]] '

for jobs in 1 4; do
  for command in status history; do
    calls run "draft-$command" -j $jobs <lines
    is "$command of many records with -j $jobs is the same as of each" \
      "$(diff "$command.alone" "$out" && echo the same)" \
      'the same'
    ok "… with one query for the releases of a namespace" test "$calls" -le 14 ||
      note "$calls calls: $(cut -c1-100 calls)"
  done
done
calls run draft-status -o table app1 app2 app3 app4 app5 app6 app7 app8
is 'of many operands, in their order' "$(sed -n 's/: not well//p' "$out" | tr '\n' ' ')" \
  'app1 app2 app3 app4 app5 app6 app7 app8 '
ok '… with one query too' test "$calls" -le 6 || note "$calls calls"
ok '… whether a Secret exists, except for revisions of releases' \
  grep -q 'get Secret.v1. --field-selector=type!=helm.sh/release.v1 .*--no-headers' calls
not_ok '… and not its contents' grep -E 'Secret.v1.*--output' calls
calls run draft-status app7
is 'one record with an address needs one query less' "$calls" 4
calls run draft-status app1
is 'one record needs as many queries as before' "$calls" 4

# The status of a record was read after the record was written: a later record is not answered from earlier requests.
mkfifo pipe
draft-status <pipe >answers 2>/dev/null &
exec 4>pipe
head -n 2 lines >&4
echo >&4
ok 'a blank line after records does not delay them' await grep -c '"n":2' answers
kubectl delete deployment app1 >/dev/null
head -n 2 lines >&4
exec 4>&-
wait $! || true
is '… and each record gets the state at that time' "$(jq -r '.status.workloads[].reason' answers | tr '\n' ',')" \
  'rolling out,rolling out,is missing,rolling out,'

calls run draft-list --all
is 'list --all has the newest of each' "$(jq -r '.release | "\(.name) \(.revision) \(.chart)"' "$out" | sort -V)" \
  "$(for i in $(seq 30); do echo "app$i 3 web-0.3.0"; done)"
is '… with one query' "$calls" 1
like '… that does not fetch superseded revisions' "$(cat calls)" '*status%21%3Dsuperseded*'
is '… in the order and format of helm' "$(draft-list --all -o table | awk 'NR > 1 { print $1, $2, $3 }')" \
  "$(helm list -a -o json | jq -r '.[] | "\(.name) \(.namespace) \(.revision)"')"
finish
