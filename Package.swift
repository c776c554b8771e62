// swift-tools-version:6.2
// The order of imports: a target uses only those below it. ArchitectureTests checks the imports:
//
//   draft-NAME                        a command: options and about a hundred lines
//   Checks                            what draft-doctor, draft target --check and draft-check-stage look at
//   Remote                            the connection to a server, and the server
//   Pipeline                          what a record lacks: context, chart, image, push
//   Attach                            what is done to running pods: logs, connect, sync
//   Environments                      what the files of environments declare, and its order
//   Releases                          order, engine, verbs: release status list history delete redeploy target
//   Tasks                             the commands of .draft-tasks.toml, and where they run
//   Podman                            the engine on this machine
//   Helm                              the only code that starts helm, and reads its Secrets
//   Cluster                           the only code that starts kubectl: contexts, pods, workloads, addresses
//   Repositories                      charts from helm's repositories, registries and URLs
//   Registry Scaffolding Images Detection Watching    further subjects; each may use those to its right
//   Charts                            charts read and written, and what is known about them without rendering
//   Contexts                          what is packed for an image, remembered, and divided
//   Archives                          tar, walks, ignore rules
//   HTTP                              connections, retries, proxies, trust in certificates
//   Dockerfiles                       the grammar, and where a Dockerfile is divided
//   OCI                               digests, descriptors, manifests, references, layouts, gzip
//   Settings YAML Command Records     what every room may use
//   Templates                         the grammar of Go's templates; knows nothing of draft
//   CArchive CDeflate CYAML CTOML CSchema CCrypto CCurl CRE2 CSystem    system libraries and shims
//
// No command imports a command. Only HTTP speaks HTTP, only Cluster starts kubectl, only Helm starts helm. No module
// imports Foundation; FoundationEssentials is allowed.
import PackageDescription

/// The release links libarchive statically, which saves 2.5 ms of start-up. Debug builds use the shared library: only a
/// linker that drops unused sections can do without the parts of libxml2 that libarchive.a refers to.
let archive: [LinkerSetting] =
  [.linkedLibrary("archive", .when(configuration: .debug))]
  + [":libarchive.a", ":libz.a", ":libnettle.a", ":libacl.a", ":libzstd.a", ":liblz4.a", ":libbz2.a", ":liblzma.a"]
  .map { .linkedLibrary($0, .when(configuration: .release)) }
let crypto: [LinkerSetting] = [.linkedLibrary(":libcrypto.a")]

let re2: [LinkerSetting] = [.linkedLibrary(":libre2.a"), .linkedLibrary("pthread")]
let deflate: [LinkerSetting] = [.linkedLibrary(":libdeflate.a")]

let package = Package(
  name: "draft",
  targets: [
    .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CDeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
    .target(name: "CTOML", cxxSettings: [.define("TOML_HEADER_ONLY", to: "1"), .define("TOML_EXCEPTIONS", to: "0")]),
    .target(name: "CSchema"),
    .target(name: "CCrypto", linkerSettings: crypto),
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("dl")]),
    .target(name: "CRE2", linkerSettings: re2),
    .target(name: "CSystem", cSettings: [.define("_GNU_SOURCE")]),

    .target(name: "Templates", dependencies: ["CCrypto", "CDeflate", "CRE2"], linkerSettings: deflate),
    .target(name: "Records"),
    .target(name: "Command", dependencies: ["CSystem", "Records"]),
    .target(
      name: "YAML", dependencies: ["CYAML", "Records", "Command"], linkerSettings: [.linkedLibrary(":libyaml.a")]),
    .target(name: "Settings", dependencies: ["CTOML", "CSystem", "Records", "Command", "YAML"]),
    .target(
      name: "OCI", dependencies: ["CDeflate", "CCrypto", "Records", "Command"], linkerSettings: deflate),
    .target(name: "Dockerfiles", dependencies: ["Records", "Command", "OCI"]),
    .target(name: "HTTP", dependencies: ["CCurl", "CSystem", "Records", "Command"]),
    .target(name: "Storage", dependencies: ["Records", "Command", "OCI", "HTTP"]),
    .target(
      name: "Archives", dependencies: ["CArchive", "CSystem", "Records", "Command", "OCI"], linkerSettings: archive),
    .target(name: "Contexts", dependencies: ["CSystem", "Records", "Command", "Settings", "OCI", "Archives"]),
    .target(
      name: "Charts",
      dependencies: [
        "CSystem", "Templates", "CSchema", "Records", "Command", "YAML", "Settings", "OCI", "Archives", "Contexts"
      ]),
    .target(name: "Watching", dependencies: ["CSystem", "Records", "Command", "Settings", "Archives", "Contexts"]),
    .target(
      name: "Detection", dependencies: ["CSystem", "Records", "Command"], resources: [.embedInCode("languages.txt")]),
    .target(
      name: "Images",
      dependencies: ["CSystem", "Records", "Command", "Settings", "OCI", "Dockerfiles", "Archives", "Contexts"]),
    .target(
      name: "Scaffolding",
      dependencies: [
        "CSystem", "Records", "Command", "Settings", "Dockerfiles", "Archives", "Charts", "Detection", "Images"
      ]),
    .target(
      name: "Registry", dependencies: ["CSystem", "Records", "Command", "Settings", "OCI", "HTTP", "Archives", "Images"]
    ),
    .target(
      name: "Repositories",
      dependencies: [
        "Records", "Command", "YAML", "Settings", "OCI", "HTTP", "Storage", "Archives", "Contexts", "Charts", "Registry"
      ]),
    .target(name: "Cluster", dependencies: ["CSystem", "Records", "Command", "YAML", "Settings"]),
    .target(name: "Helm", dependencies: ["CArchive", "Records", "Command", "YAML", "Settings", "Cluster"]),
    .target(
      name: "Podman",
      dependencies: ["CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Archives", "Cluster", "Helm"]),
    .target(name: "Tasks", dependencies: ["Records", "Command", "Settings", "Cluster", "Podman"]),
    .target(
      name: "Releases",
      dependencies: [
        "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "HTTP", "Archives", "Charts", "Images", "Registry",
        "Cluster", "Helm", "Podman", "Tasks"
      ]),
    .target(
      name: "Attach",
      dependencies: [
        "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Archives", "Images", "Cluster", "Helm", "Podman",
        "Releases"
      ]),

    .target(
      name: "Pipeline",
      dependencies: [
        "Records", "Command", "Settings", "OCI", "Archives", "Contexts", "Charts", "Images", "Registry", "Repositories"
      ]),
    .target(
      name: "Environments",
      dependencies: ["Records", "Command", "YAML", "Settings", "OCI", "Charts", "Cluster", "Helm"]),
    .target(
      name: "Remote",
      dependencies: [
        "CSystem", "Records", "Command", "Settings", "Archives", "Contexts", "Cluster", "Helm", "Releases", "Pipeline"
      ]),
    .target(
      name: "Checks",
      dependencies: [
        "CSystem", "Records", "Command", "Settings", "Archives", "Charts", "Watching", "Registry", "Repositories",
        "Releases", "Remote"
      ]),

    .executableTarget(name: "draft-detect", dependencies: ["Records", "Command", "Settings", "Scaffolding"]),
    .executableTarget(name: "draft-scaffold", dependencies: ["Records", "Command", "Settings", "Scaffolding"]),
    .executableTarget(name: "draft-watch", dependencies: ["Records", "Command", "Settings", "Watching"]),
    .executableTarget(name: "draft-pack", dependencies: ["Records", "Command", "Settings", "Archives", "Pipeline"]),
    .executableTarget(
      name: "draft-package",
      dependencies: ["Records", "Command", "Settings", "Archives", "Charts", "Repositories"]),
    .executableTarget(
      name: "draft-publish", dependencies: ["Records", "Command", "Settings", "Charts", "Repositories"]),
    .executableTarget(name: "draft-fetch", dependencies: ["Records", "Command", "Settings", "Charts", "Repositories"]),
    .executableTarget(
      name: "draft-render", dependencies: ["Records", "Command", "Charts", "Repositories", "Releases", "Pipeline"]),
    .executableTarget(name: "draft-search", dependencies: ["Records", "Command", "Settings", "Charts", "Repositories"]),
    .executableTarget(name: "draft-repo", dependencies: ["Records", "Command", "Settings", "Repositories"]),
    .executableTarget(name: "draft-credential", dependencies: ["Records", "Command", "Settings", "Repositories"]),
    .executableTarget(name: "draft-test", dependencies: ["Records", "Command", "Settings", "Repositories", "Releases"]),
    .executableTarget(name: "draft-build", dependencies: ["Records", "Command", "Settings", "Images", "Pipeline"]),
    .executableTarget(name: "draft-push", dependencies: ["Records", "Command", "Settings", "Releases", "Pipeline"]),
    .executableTarget(
      name: "draft-release",
      dependencies: ["Records", "Command", "Settings", "Charts", "Releases", "Environments", "Pipeline"]),
    .executableTarget(name: "draft-sync", dependencies: ["Records", "Command", "Settings", "Attach", "Pipeline"]),
    .executableTarget(name: "draft-tasks", dependencies: ["Records", "Command", "Settings", "Tasks", "Releases"]),
    .executableTarget(
      name: "draft-logs", dependencies: ["Records", "Command", "Settings", "Images", "Releases", "Attach"]),
    .executableTarget(name: "draft-connect", dependencies: ["Records", "Command", "Settings", "Releases", "Attach"]),
    .executableTarget(name: "draft-list", dependencies: ["Records", "Command", "Settings", "Releases"]),
    .executableTarget(name: "draft-status", dependencies: ["Records", "Command", "Settings", "Releases"]),
    .executableTarget(name: "draft-history", dependencies: ["Records", "Command", "Settings", "Releases"]),
    .executableTarget(name: "draft-values", dependencies: ["Records", "Command", "Releases"]),
    .executableTarget(name: "draft-manifest", dependencies: ["Records", "Command", "Releases"]),
    .executableTarget(
      name: "draft-charts", dependencies: ["Records", "Command", "Settings", "Repositories", "Releases"]),
    .executableTarget(
      name: "draft-instances", dependencies: ["Records", "Command", "Settings", "Repositories", "Releases"]),
    .executableTarget(
      name: "draft-redeploy", dependencies: ["Records", "Command", "Settings", "Charts", "Repositories", "Releases"]),
    .executableTarget(name: "draft-delete", dependencies: ["Records", "Command", "Settings", "Releases"]),
    .executableTarget(
      name: "draft-target", dependencies: ["Records", "Command", "Settings", "Releases", "Remote", "Checks"]),
    .executableTarget(
      name: "draft-trust", dependencies: ["Records", "Command", "Settings", "Releases", "Environments"]),
    .executableTarget(name: "draft-remote", dependencies: ["Records", "Command", "Settings", "Pipeline", "Remote"]),
    .executableTarget(name: "draft-serve", dependencies: ["Command", "Remote"]),
    .executableTarget(name: "draft-doctor", dependencies: ["Records", "Command", "Settings", "Checks"]),
    .executableTarget(name: "draft-init", dependencies: ["Records", "Command", "Settings", "Scaffolding", "Remote"]),
    .executableTarget(name: "draft-home", dependencies: ["Command", "Settings"]),
    .executableTarget(name: "draft-config", dependencies: ["Records", "Command", "Settings"]),
    .executableTarget(name: "draft-params", dependencies: ["Records", "Command", "Charts", "Repositories", "Releases"]),
    .executableTarget(
      name: "draft-lint", dependencies: ["Records", "Command", "Settings", "Charts", "Repositories", "Environments"]),
    .executableTarget(name: "draft-env", dependencies: ["Records", "Command", "Settings", "Charts", "Environments"]),
    .executableTarget(name: "draft-use", dependencies: ["Records", "Command", "Settings", "Environments"]),
    .executableTarget(name: "draft-indent", dependencies: ["Records", "Command", "YAML"]),
    .executableTarget(name: "draft-yaml2json", dependencies: ["Records", "Command", "YAML"]),
    .executableTarget(name: "draft-json2yaml", dependencies: ["Records", "Command", "YAML"]),
    .executableTarget(name: "draft-order", dependencies: ["Records", "Command", "Environments"]),
    .executableTarget(name: "draft-records", dependencies: ["Records", "Command"]),
    .executableTarget(name: "draft-version", dependencies: ["Command"]),
    .executableTarget(name: "draft-line", dependencies: ["Command", "Releases"]),
    .executableTarget(name: "draft-each", dependencies: ["Command", "Settings"]),
    .executableTarget(name: "draft-check-stage", dependencies: ["Records", "Command", "Checks"])
  ]
    + [
      "Templates", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Storage", "Archives",
      "Contexts", "Charts", "Watching", "Detection",
      "Scaffolding", "Images", "Registry", "Repositories", "Cluster", "Helm", "Podman",
      "Releases", "Attach", "Environments", "Remote", "Checks"
    ].map {
      // What tests import is named: else a change of it leaves them as they were, and they do not link.
      let more = [
        "Contexts": ["Archives", "Charts"], "Charts": ["Archives", "OCI", "Records", "YAML"], "Images": ["OCI"],
        "Repositories": ["Charts", "HTTP", "Settings", "YAML"], "Cluster": ["YAML"], "Helm": ["Cluster"],
        "Podman": ["Cluster", "Helm", "YAML"], "Releases": ["Cluster", "Helm"], "Attach": ["Cluster", "Podman"],
        "Environments": ["Records"]
      ]
      return .testTarget(
        name: "\($0)Tests",
        dependencies: (($0 == "Command" || $0 == "Templates" ? [] : ["Command"]) + more[$0, default: []] + [$0]).map {
          .byName(name: $0)
        })
    }
    + [
      .testTarget(name: "ArchitectureTests"),
      .testTarget(
        name: "FuzzTests",
        dependencies: [
          "Templates", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "Archives", "Contexts", "Charts",
          "Detection", "Images", "Scaffolding", "HTTP", "Registry", "Repositories", "Cluster", "Helm", "Podman",
          "Releases", "Attach", "Environments",
          "Remote",
          "Checks"
        ], path: "Tests/fuzz")
    ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
