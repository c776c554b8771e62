// swift-tools-version:6.2
// The arrow runs one way, downwards in this list; ArchitectureTests holds the imports against it:
//
//   draft-NAME                                  a command: options and about a hundred lines
//   Checks                                      what draft-doctor looks at
//   Remote                                      the way to a server, and the server
//   Pipeline                                    what a line lacks: context, chart, image, pushed
//   Releases Registry Packs Images Detection Watching    the subjects; one may use those to its right and below
//   Archives
//   Settings
//   YAML
//   Command
//   Records
//   CArchive CDeflate CYAML CTOML CCrypto CCurl CSystem  system libraries and shims
//
// No command imports a command. Only Registry speaks HTTP. Nobody imports Foundation (FoundationEssentials is allowed).
import PackageDescription

/// libarchive is linked statically where it counts: 2.5 ms of start-up otherwise. Debug builds take the shared library, because
/// only a linker that drops unused sections gets by without what libarchive.a wants of libxml2.
let archive: [LinkerSetting] = [.linkedLibrary("archive", .when(configuration: .debug))]
  + [":libarchive.a", ":libz.a", ":libnettle.a", ":libacl.a", ":libzstd.a", ":liblz4.a", ":libbz2.a", ":liblzma.a"]
    .map { .linkedLibrary($0, .when(configuration: .release)) }
let crypto: [LinkerSetting] = [.linkedLibrary(":libcrypto.a")]

let package = Package(
  name: "draft",
  targets: [
    .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CDeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
    .target(name: "CTOML", cxxSettings: [.define("TOML_HEADER_ONLY", to: "1"), .define("TOML_EXCEPTIONS", to: "0")]),
    .target(name: "CCrypto", linkerSettings: crypto),
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("dl")]),
    .target(name: "CSystem", cSettings: [.define("_GNU_SOURCE")]),

    .target(name: "Records"),
    .target(name: "Command", dependencies: ["Records", "CSystem"]),
    .target(name: "YAML", dependencies: ["Records", "Command", "CYAML"], linkerSettings: [.linkedLibrary(":libyaml.a")]),
    .target(name: "Settings", dependencies: ["Records", "Command", "YAML", "CTOML", "CSystem"]),
    .target(name: "Archives", dependencies: ["Records", "Command", "Settings", "YAML", "CArchive", "CCrypto", "CSystem"], linkerSettings: archive),
    .target(name: "Watching", dependencies: ["Records", "Command", "Settings", "Archives", "CSystem"]),
    .target(name: "Detection", dependencies: ["Records", "Command", "CSystem"], resources: [.embedInCode("languages.txt")]),
    .target(name: "Images", dependencies: ["Records", "Command", "Settings", "Archives", "CDeflate", "CSystem"], linkerSettings: [.linkedLibrary(":libdeflate.a")]),
    .target(name: "Packs", dependencies: ["Records", "Command", "Settings", "Archives", "Detection", "Images", "CSystem"]),
    .target(name: "Registry", dependencies: ["Records", "Command", "Settings", "Archives", "Images", "CCurl", "CSystem"]),
    .target(name: "Releases", dependencies: ["Records", "Command", "Settings", "Archives", "Images", "YAML", "Registry", "CArchive", "CSystem"]),

    .target(name: "Pipeline", dependencies: ["Records", "Command", "Settings", "Archives", "Images", "Registry"]),
    .target(name: "Remote", dependencies: ["Records", "Command", "Settings", "Archives", "Releases", "Pipeline", "CSystem"]),
    .target(name: "Checks", dependencies: ["Records", "Command", "Settings", "Archives", "Watching", "Images", "Registry", "Releases", "Remote", "CSystem"]),

    .executableTarget(name: "draft-detect", dependencies: ["Records", "Command", "Settings", "Packs"]),
    .executableTarget(name: "draft-scaffold", dependencies: ["Records", "Command", "Settings", "Packs"]),
    .executableTarget(name: "draft-watch", dependencies: ["Records", "Command", "Settings", "Watching"]),
    .executableTarget(name: "draft-pack", dependencies: ["Records", "Command", "Settings", "Archives"]),
    .executableTarget(name: "draft-build", dependencies: ["Records", "Command", "Settings", "Images", "Pipeline"]),
    .executableTarget(name: "draft-push", dependencies: ["Records", "Command", "Settings", "Releases", "Pipeline"]),
    .executableTarget(name: "draft-release", dependencies: ["Records", "Command", "Settings", "Releases", "Pipeline"]),
    .executableTarget(name: "draft-sync", dependencies: ["Records", "Command", "Settings", "Releases", "Pipeline"]),
    .executableTarget(name: "draft-tasks", dependencies: ["Records", "Command", "Settings", "Releases"]),
    .executableTarget(name: "draft-logs", dependencies: ["Records", "Command", "Settings", "Images", "Releases"]),
    .executableTarget(name: "draft-connect", dependencies: ["Records", "Command", "Settings", "Releases"]),
    .executableTarget(name: "draft-list", dependencies: ["Records", "Command", "Settings", "Releases"]),
    .executableTarget(name: "draft-status", dependencies: ["Records", "Command", "Settings", "Releases"]),
    .executableTarget(name: "draft-history", dependencies: ["Records", "Command", "Settings", "Releases"]),
    .executableTarget(name: "draft-redeploy", dependencies: ["Records", "Command", "Settings", "Releases"]),
    .executableTarget(name: "draft-delete", dependencies: ["Records", "Command", "Settings", "Releases"]),
    .executableTarget(name: "draft-target", dependencies: ["Records", "Command", "Settings", "Releases", "Remote", "Checks"]),
    .executableTarget(name: "draft-trust", dependencies: ["Records", "Command", "Settings", "Releases"]),
    .executableTarget(name: "draft-remote", dependencies: ["Records", "Command", "Settings", "Pipeline", "Remote"]),
    .executableTarget(name: "draft-serve", dependencies: ["Command", "Remote"]),
    .executableTarget(name: "draft-doctor", dependencies: ["Records", "Command", "Settings", "Checks"]),
    .executableTarget(name: "draft-init", dependencies: ["Records", "Command", "Settings", "Packs", "Remote"]),
    .executableTarget(name: "draft-home", dependencies: ["Command", "Settings"]),
    .executableTarget(name: "draft-config", dependencies: ["Records", "Command", "Settings"]),
    .executableTarget(name: "draft-version", dependencies: ["Command"]),
    .executableTarget(name: "draft-line", dependencies: ["Command", "Releases"]),
    .executableTarget(name: "draft-each", dependencies: ["Command", "Settings"]),
    .executableTarget(name: "draft-check-stage", dependencies: ["Records", "Command", "Checks"]),
  ]
  + ["Records", "Command", "YAML", "Settings", "Archives", "Watching", "Detection", "Packs", "Images", "Registry", "Releases", "Remote", "Checks"].map {
    // Command is named because tests import it: else a change of it leaves them as they were, and they do not link.
    .testTarget(name: "\($0)Tests", dependencies: ($0 == "Command" ? [] : ["Command"]) + [.byName(name: $0)])
  }
  + [
    .testTarget(name: "ArchitectureTests"),
    .testTarget(
      name: "FuzzTests",
      dependencies: ["Records", "Command", "YAML", "Settings", "Archives", "Detection", "Images", "Packs", "Registry", "Releases", "Remote", "Checks"], path: "Tests/fuzz"),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
