#!/bin/sh
# draft-logs and draft-connect on a real Kubernetes, for a release made by helm, without labels of draft and without
# source.
# shellcheck source=Tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
needs node
namespace pods
name=two-$$
"$root/Tests/base-image" python >/dev/null || { echo 'Bail out! no base image'; exit 1; }
buildah push -q localhost/draft-test/python "docker://$REGISTRY/python:1" >/dev/null 2>&1

# Two containers with a port each, and an init container. Neither labels nor names contain draft.
mkdir -p chart/templates
printf 'apiVersion: v2\nname: two\nversion: 0.1.0\n' >chart/Chart.yaml
cat >chart/templates/all.yaml <<END
apiVersion: apps/v1
kind: Deployment
metadata: {name: front}
spec:
  selector: {matchLabels: {tier: "{{ .Release.Name }}"}}
  template:
    metadata: {labels: {tier: "{{ .Release.Name }}"}}
    spec:
      terminationGracePeriodSeconds: 1
      initContainers:
        - {name: first, image: "$REGISTRY/python:1", command: [echo, before all {{ .Values.version }}]}
      containers:
        - name: web
          image: "$REGISTRY/python:1"
          ports: [{containerPort: 8080}]
          readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}
          command: [python3, -u, -c]
          args:
            - |
              import http.server, os, sys
              class Web(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                  self.send_response(200); self.end_headers(); self.wfile.write(b"web {{ .Values.version }}\n")
                  print("asked for", self.path)
                  if self.path == "/end": os._exit(3)
              print("web {{ .Values.version }} begins"); print("to stderr", file=sys.stderr)
              http.server.HTTPServer(("{{ .Values.bind }}", 8080), Web).serve_forever()
        - name: side
          image: "$REGISTRY/python:1"
          ports: [{containerPort: 9090}]
          command: [sh, -c, "echo side {{ .Values.version }}; mkdir /w; echo side {{ .Values.version }} >/w/index.html; exec python3 -u -m http.server -d /w 9090"]
END
release() { # VERSION [OPTION...]
  version=$1
  shift
  helm upgrade --install "$name" chart --set version="$version" --timeout 2m "${@:---wait}" >/dev/null
}
pod() {
  kubectl get pods -l tier="$name" -o json | jq -r '[.items[] | select(.metadata.deletionTimestamp == null)] |
    sort_by(.metadata.creationTimestamp) | last.metadata.name'
}
has() { # FILE PATTERN
  await grep -q -- "$2" "$1" || { sed 's/^/# /' "$1"; return 1; }
}
# A shell without job control starts background jobs with SIGINT ignored; perl resets it.
start() { perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$@" </dev/null & started=$!; later "kill $started"; }
ended() { # by SIGINT, with all its children
  children=$(pgrep -P "$1")
  kill -s INT "$1"
  code=0; wait "$1" || code=$?
  is "$2: SIGINT ends it" "$code" 130
  for child in $children; do not_ok "$2: … and its child" kill -0 "$child"; done
}

exits 66 'no release yet' draft-logs -a "$name" --pods
like '… is reported' "$(cat "$err")" \
  "draft-logs: no release '$name' in namespace '$namespace' of kube context 'draft-test'*"
ok 'a release by helm' release 1
one=$(pod)

# Logs.
draft-logs -a "$name" --pods >got
is 'all containers, both streams' "$(grep -v 'Serving HTTP' got | sort)" "$(printf '%s\n' \
    "[$one/first]: before all 1" "[$one/side]: side 1" "[$one/web]: to stderr" "[$one/web]: web 1 begins" | sort)"
is 'one container, its last line' "$(draft-logs -a "$name" --pods -c web --tail 1)" \
  "[$one/web]: $(kubectl logs "$one" -c web --tail 1)"
exits 66 'an unknown container' draft-logs -a "$name" --pods -c nosuch
exits 66 '--previous without a restart' draft-logs -a "$name" --previous
run env KUBECONFIG="$KUBECONFIG" draft-logs -a "$name" --pods --kube-context nobody
is 'a user without permission' "$status" 77

start draft-logs -a "$name" -f >followed 2>followed.err
logs=$started
ok '--follow: the existing log' has followed "^\[$one/web\]: web 1 begins"
ok 'the next version' release 2
two=$(pod)
ok '--follow: a new pod is followed' has followed "^\[$two/web\]: web 2 begins"
ok '--follow: … from its first container on' has followed "^\[$two/first\]: before all 2"
kubectl exec "$two" -c web \
  -- python3 -c 'import urllib.request as r; r.urlopen("http://127.0.0.1:8080/end").read()' >/dev/null 2>&1
ok '--follow: the last lines of a container' has followed "^\[$two/web\]: asked for /end"
twice() { [ "$(grep -c "^\[$two/web\]: web 2 begins" followed)" = 2 ]; }
ok '--follow: its container is restarted' await twice
is '--follow: the rest is printed once' "$(grep -v 'web 2 begins\|to stderr' followed | sort | uniq -d)" ''
ok '--previous: the log before the restart' await sh -c \
  "draft-logs -a $name --previous -c web | grep -q 'asked for /end'"
ended "$logs" following

# Connections.
run draft-connect --dry-run "$name"
is 'a dry run: the ports' "$status $(jq -c '[.connect.ports[] | [.workload, .container, .remote]]' "$out")" \
  '0 [["Deployment/front","web",8080],["Deployment/front","side",9090]]'
ok '… and nothing is connected' await no_process "port-forward.*$namespace"
busy=$(free_port)
python3 -m http.server --bind 127.0.0.1 "$busy" >/dev/null 2>&1 &
later "kill $!"
await curl -s "127.0.0.1:$busy"
run draft-connect -p "$busy:8080" "$name"
is 'a port that is taken' "$status $(jq -r '[.failure.code, .failure.message] | map(tostring) | join(" ")' "$out")" \
  "1 69 port $busy of 127.0.0.1 is taken"
is '… is reported before anything is started' "$(pgrep -f "port-forward.*$namespace" | wc -l)" 0
run draft-connect --dry-run -c side "$name"
is 'one container' "$(jq -c '[.connect.ports[].container]' "$out")" '["side"]'

web=$(free_port)
start draft-connect -p "$web:8080" "$name" >connected 2>connected.err
connect=$started
ok 'the record is written when it is connected' has connected '"connect"'
is '… with the requested port' "$(jq -c '.connect.ports[0]' connected)" \
  "{\"workload\":\"Deployment/front\",\"container\":\"web\",\"remote\":8080,\"local\":$web}"
side=$(jq '.connect.ports[1].local' connected)
ok '… on a terminal' has connected.err "Connect to web:8080 on localhost:$web"
is 'it answers' "$(fetch "localhost:$web/hello")" 'web 2'
is '… on every port' "$(fetch "localhost:$side")" 'side 2'
ok "… and shows the pods' logs" has connected.err "^\[$two/web\]: asked for /hello"
answers() { [ "$(curl -s -m 2 "localhost:$1")" = "$2" ]; }
while :; do
  code=0
  curl -s -m 5 -o /dev/null "localhost:$web" || code=$?
  echo $code
done >asked &
asking=$!
later "kill $asking"
ok 'the next version' release 3
kill $asking
is 'a client connects all the time' \
  "$(grep -c '^0$' asked | sed 's/[1-9][0-9]*/some/') $(grep -c '^7$' asked)" 'some 0'
ok 'the same port answers with the new version' await answers "$web" 'web 3'
ok '… and so does the other' await answers "$side" 'side 3'
kubectl delete pod "$(pod)" --grace-period=1 >/dev/null
ok 'a deleted pod: its replacement answers' await answers "$web" 'web 3'
curl -s -m 2 "localhost:$web/end" >/dev/null
ok 'a restarted container answers' await answers "$web" 'web 3'
ok '… and keeps answering' answers "$web" 'web 3'
# A pod that would never be ready, because its server only listens on loopback, which draft checks.
three=$(pod)
ok 'a version that is not ready for the cluster' release 4 --set bind=127.0.0.1
ok '… is connected if it answers' await answers "$web" 'web 4'
is '… before it is ready for the cluster' \
  "$(kubectl get pod "$(pod)" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')" False
ok '… on a terminal' has connected.err "^Connected to pod $(pod)\$"
ok '… and is rolled back' helm rollback "$name" 3 --wait
ok '… the previous version answers again' await answers "$web" 'web 3'
is '… which ran all the time' "$(pod)" "$three"
kubectl scale deployment front --replicas=0 >/dev/null
none() { [ -z "$(kubectl get pods -l tier="$name" -o name)" ]; }
ok 'no pods' await none
# The watch notices it a moment later.
waits() { _code=0; curl -s -m 2 -o /dev/null "localhost:$web" || _code=$?; [ $_code = 28 ]; }
ok '… a new connection waits' await waits
kubectl scale deployment front --replicas=1 >/dev/null
ok '… until there is a pod again' await answers "$web" 'web 3'
ended "$connect" connecting
not_ok 'nothing answers any more' answers "$web" 'web 3'

upper=$(echo "$name" | tr 'a-z-' 'A-Z_') web=$(free_port)
draft-connect -q --detach -p "$web:8080" "$name" >exports
eval "$(cat exports)"
later "kill $DRAFT_CONNECT_PID"
is '--detach: exports' "$(grep -c "^export ${upper}_PORT=$web\$" exports)" 1
is '… it answers' "$(fetch "localhost:$web")" 'web 3'
children=$(pgrep -P "$DRAFT_CONNECT_PID")
kill "$DRAFT_CONNECT_PID"
gone() { ! kill -0 "$1" 2>/dev/null; }
ok '… until it is ended' await gone "$DRAFT_CONNECT_PID"
for child in $children; do ok '… with its children' await gone "$child"; done

# Ports that may not be forwarded.
run draft-connect --kube-context nobody "$name"
is 'a user who may not connect' "$status $(jq .failure.code "$out")" '1 77'
finish
