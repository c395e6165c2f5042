// swift-tools-version: 6.2
import PackageDescription

// For every target.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

/// The commit, for `--version` of release builds.
let commit = Context.gitInformation.map { $0.currentCommit + ($0.hasUncommittedChanges ? "-changed" : "") } ?? ""

let package = Package(
  name: "bedquota",
  platforms: [.macOS(.v15)],
  products: [
    .library(
      name: "Bedquota",
      targets: [
        "Bedquota", "AWSClient", "AWSWire", "AdmissionControl", "BedrockQuotas", "FleetNetwork", "FleetStore", "QuotaProbe",
      ]),
    .library(name: "AdmissionControl", targets: ["AdmissionControl"]),
    .executable(name: "bedquota", targets: ["BedquotaMain"]),
    // For the package in Benchmarks/ alone, which can't see what is `package` here.
    .library(name: "_BenchmarkSupport", targets: ["BenchmarkSupport"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-algorithms", from: "1.2.1"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    // MARK: Libraries and the program

    .target(
      name: "AWSWire",
      dependencies: [
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ]),
    .target(
      name: "AWSClient",
      dependencies: [
        "AWSWire",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux])),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
      ]),
    .target(
      name: "AWSServer",
      dependencies: [
        "AWSWire",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOFoundationCompat", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),
    .target(
      name: "BedrockQuotas", resources: [.embedInCode("Resources/facts.json")]),
    .target(
      name: "AdmissionControl",
      dependencies: [
        .product(name: "Algorithms", package: "swift-algorithms"), .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "HeapModule", package: "swift-collections"),
      ]),
    .target(
      name: "QuotaProbe", dependencies: ["BedrockQuotas", .product(name: "RealModule", package: "swift-numerics")]),
    .target(
      name: "Bedquota",
      dependencies: [
        "AdmissionControl", "AWSClient", "AWSWire", "BedrockQuotas", "FleetNetwork", "FleetStore", "QuotaProbe",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Histogram", package: "hdrhistogram-swift"), .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "Logging", package: "swift-log"), .product(name: "Metrics", package: "swift-metrics"),
        // For the zlib that it brings.
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
      ]),
    // Without a network, so that fleet-simulation builds in release without NIO and the client of AWS.
    .target(
      name: "FleetStore",
      dependencies: [
        "AdmissionControl", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "DequeModule", package: "swift-collections"),
      ]),
    .target(
      name: "FleetNetwork",
      dependencies: [
        "AWSClient", "AWSWire", "FleetStore", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"), .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .target(name: "Charts"),
    .target(
      name: "BedrockEmulator",
      dependencies: [
        "AWSServer", "AWSWire", "BedrockQuotas",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "Logging", package: "swift-log"),
      ],
      resources: [.embedInCode("Resources/sample-account.json")]),
    .target(
      name: "Gateway",
      dependencies: [
        "AdmissionControl", "AWSClient", "AWSServer", "AWSWire", "Bedquota", "BedrockQuotas", "Reports",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "Histogram", package: "hdrhistogram-swift"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOExtras", package: "swift-nio-extras"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSOCKS", package: "swift-nio-extras"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "Yams", package: "Yams"),
      ]),
    .target(
      name: "Reports",
      dependencies: [
        "AWSClient", "AWSWire", "Bedquota", "BedrockQuotas", "Charts", "QuotaProbe",
        .product(name: "Algorithms", package: "swift-algorithms"), .product(name: "Mustache", package: "swift-mustache"),
      ],
      resources: [.embedInCode("Resources/dashboard.mustache"), .embedInCode("Resources/live.mustache")]),
    .target(
      name: "BuildInformation",
      cSettings: [.define("BEDQUOTA_COMMIT", to: "\"\(commit)\"", .when(configuration: .release))]),
    .target(
      name: "BedquotaCommands",
      dependencies: [
        "AdmissionControl", "AWSClient", "AWSServer", "AWSWire", "Bedquota", "BedrockEmulator", "BedrockQuotas",
        "BuildInformation", "Gateway", "QuotaProbe", "Reports",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),
    // The executable is a call and nothing else: everything it does is in BedquotaCommands, where tests reach it.
    .executableTarget(
      name: "BedquotaMain",
      dependencies: ["BedquotaCommands"]),

    // MARK: Examples

    // Programs as users would write them; they see public API only.
    .executableTarget(
      name: "example-script", dependencies: ["Bedquota"], path: "Examples/Script", packageAccess: false),
    .executableTarget(
      name: "example-service",
      dependencies: [
        "Bedquota", .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
      ], path: "Examples/Service", packageAccess: false),

    // MARK: Tools for tests

    .target(
      name: "TestSupport",
      dependencies: [
        "AWSClient", "AWSWire", "BedrockEmulator", .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
      ],
      path: "Tests/TestSupport"),
    // The internals that the package in Benchmarks/ measures.
    .target(
      name: "BenchmarkSupport", dependencies: ["AWSClient", "AWSWire", "Bedquota"],
      path: "Tests/BenchmarkSupport"),
    // The limiter against servers in virtual time, for tests; limiter-simulation runs thousands of seeds and draws the result.
    .target(
      name: "AdmissionSimulation", dependencies: ["AdmissionControl"], path: "Tests/AdmissionSimulation"),
    // What the programs that simulate and compare share: runs on all cores, tables, plots, options.
    .target(name: "SimulationSupport", dependencies: ["Charts"], path: "Tests/SimulationSupport"),
    .executableTarget(
      name: "limiter-simulation", dependencies: ["AdmissionControl", "AdmissionSimulation", "Charts", "SimulationSupport"],
      path: "Tests/LimiterSimulation"),
    .executableTarget(
      name: "limiter-stress", dependencies: ["AdmissionControl", "AdmissionSimulation"], path: "Tests/LimiterStress"),
    // Routing policies over several scopes in virtual time, for tests; routing-simulation compares them.
    .target(
      name: "RoutingSimulation",
      dependencies: [
        "AdmissionControl", "AdmissionSimulation", "Bedquota", .product(name: "HeapModule", package: "swift-collections"),
      ], path: "Tests/RoutingSimulation"),
    .executableTarget(
      name: "routing-simulation",
      dependencies: ["AdmissionControl", "AdmissionSimulation", "Bedquota", "Charts", "RoutingSimulation", "SimulationSupport"],
      path: "Tests/RoutingComparison"),
    // Members of a fleet with their store in virtual time, for tests; fleet-simulation plays faults, goals and many seeds.
    .target(
      name: "FleetSimulation",
      dependencies: [
        "AdmissionControl", "AdmissionSimulation", "FleetStore", .product(name: "HeapModule", package: "swift-collections"),
      ], path: "Tests/FleetSimulation"),
    .executableTarget(
      name: "fleet-simulation",
      dependencies: ["AdmissionControl", "AdmissionSimulation", "FleetSimulation", "FleetStore", "SimulationSupport"],
      path: "Tests/FleetComparison"),
    // The probe against services in virtual time, for tests; probe-simulation runs a hundred seeds.
    .target(
      name: "ProbeScenarios", dependencies: ["AdmissionSimulation", "BedrockEmulator", "BedrockQuotas", "QuotaProbe"],
      path: "Tests/ProbeScenarios"),
    .executableTarget(
      name: "probe-simulation", dependencies: ["BedrockQuotas", "ProbeScenarios", "QuotaProbe"],
      path: "Tests/ProbeSimulation"),
    // The client against an emulator with faults; it takes half a minute of real time, so it is no unit test.
    .executableTarget(
      name: "client-faults",
      dependencies: [
        "AWSClient", "AWSServer", "AWSWire", "Bedquota", "BedrockEmulator", "BedrockQuotas", "TestSupport",
      ], path: "Tests/ClientFaults"),
    // Mutates event stream frames, and prints decoded ones to compare with botocore.
    .executableTarget(
      name: "event-stream-fuzz", dependencies: ["AWSWire"], path: "Tests/EventStreamFuzz"),
    // Mutates everything that is read from outside: replies, account folders, journals, lines, options.
    .executableTarget(
      name: "input-fuzz",
      dependencies: [
        "AdmissionControl", "AdmissionSimulation", "AWSClient", "AWSServer", "AWSWire", "Bedquota", "BedquotaCommands",
        "BedrockEmulator", "BedrockQuotas", "Gateway", "QuotaProbe", "Reports", "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ], path: "Tests/InputFuzz"),
    // Signs for the Python tests, which compare with botocore; prints endpoints and proxies for the same purpose.
    .executableTarget(name: "sigv4-tool", dependencies: ["AWSClient", "AWSWire"], path: "Tests/SigV4Tool"),
    // Prints how config files are read, for the Python tests, which compare with botocore.
    .executableTarget(name: "config-tool", dependencies: ["AWSClient", "AWSWire"], path: "Tests/ConfigTool"),
    // Plays operations through the fleet store's arithmetic and a server's script, and prints them for the Python tests.
    .executableTarget(
      name: "fleet-parity",
      dependencies: ["AdmissionSimulation", "FleetNetwork", "FleetStore", .product(name: "Logging", package: "swift-log")],
      path: "Tests/FleetParity"),
    // Asks for credentials over HTTP for the Python tests, which compare with botocore.
    .executableTarget(name: "credential-tool", dependencies: ["AWSClient", "AWSWire"], path: "Tests/CredentialTool"),
    // Pictures to look at (scripts/check-charts), and the drawing that scripts/benchmark-charts measures.
    .executableTarget(name: "chart-gallery", dependencies: ["Charts", "SimulationSupport"], path: "Tests/ChartGallery"),

    // MARK: Tests

    .testTarget(
      name: "AWSClientTests",
      dependencies: [
        "AWSClient", "AWSWire", "TestSupport", .product(name: "HTTPTypes", package: "swift-http-types"),
      ]),
    .testTarget(
      name: "AWSServerTests",
      dependencies: [
        "AWSServer", "AWSWire", .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    .testTarget(
      name: "AWSWireTests",
      dependencies: ["AWSWire", "TestSupport", .product(name: "HTTPTypes", package: "swift-http-types")]),
    .testTarget(
      name: "AdmissionControlTests", dependencies: ["AdmissionControl", "AdmissionSimulation"]),
    .testTarget(
      name: "BedquotaCommandsTests",
      dependencies: [
        "AWSWire", "Bedquota", "BedquotaCommands", "BedrockQuotas", "Reports",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(
      name: "BedquotaTests",
      dependencies: [
        "AdmissionControl", "AWSClient", "AWSServer", "AWSWire", "Bedquota", "BedrockEmulator", "BedrockQuotas", "QuotaProbe",
        "TestSupport",
        .product(name: "Histogram", package: "hdrhistogram-swift"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
        .product(name: "Metrics", package: "swift-metrics"), .product(name: "MetricsTestKit", package: "swift-metrics"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
      ]),
    .testTarget(
      name: "BedrockEmulatorTests",
      dependencies: ["AWSServer", "AWSWire", "BedrockEmulator", "BedrockQuotas", "TestSupport"]),
    .testTarget(name: "BedrockQuotasTests", dependencies: ["BedrockQuotas"]),
    .testTarget(
      name: "FleetStoreTests",
      dependencies: [
        "AdmissionControl", "AdmissionSimulation", "AWSClient", "AWSWire", "FleetNetwork", "FleetSimulation", "FleetStore",
        .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .testTarget(
      name: "GatewayTests",
      dependencies: [
        "AdmissionControl", "AWSClient", "AWSServer", "AWSWire", "Bedquota", "BedrockEmulator", "BedrockQuotas", "Gateway",
        "Reports", "TestSupport",
        .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
        .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),
    .testTarget(name: "ChartsTests", dependencies: ["Charts"], exclude: ["SVG/Golden"]),
    .testTarget(
      name: "QuotaProbeTests", dependencies: ["BedrockEmulator", "BedrockQuotas", "ProbeScenarios", "QuotaProbe"]),
    .testTarget(
      name: "RoutingSimulationTests", dependencies: ["AdmissionControl", "AdmissionSimulation", "RoutingSimulation"]),
    .testTarget(name: "ReportsTests", dependencies: ["AWSWire", "Bedquota", "BedrockQuotas", "Charts", "Reports"]),
  ]
)

for target in package.targets { target.swiftSettings = settings }
