// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "bedquota",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Bedquota", targets: ["Bedquota", "AWSClient", "AWSWire", "AdmissionControl", "BedrockQuotas", "QuotaProbe"]),
    .library(name: "AdmissionControl", targets: ["AdmissionControl"]),
    .executable(name: "bedquota", targets: ["BedquotaMain"]),
    // For the package in Benchmarks/ alone, which can't see what is `package` here.
    .library(name: "_BenchmarkSupport", targets: ["BenchmarkSupport"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/CoreOffice/XMLCoder", from: "0.18.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/pointfreeco/swift-custom-dump", from: "1.7.3"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // The executable is a door and nothing else: everything it does lives in BedquotaCommands, where tests reach it.
    .executableTarget(
      name: "BedquotaMain",
      dependencies: ["BedquotaCommands"], swiftSettings: settings),
    .target(
      name: "BedquotaCommands",
      dependencies: [
        "AdmissionControl", "AWSClient", "AWSServer", "AWSWire", "Bedquota", "BedrockEmulator", "BedrockQuotas", "Charts",
        "QuotaProbe",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      resources: [.embedInCode("Resources/dashboard.mustache")], swiftSettings: settings),
    .target(
      name: "Bedquota",
      dependencies: [
        "AdmissionControl", "AWSClient", "AWSWire", "BedrockQuotas", "QuotaProbe",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Histogram", package: "hdrhistogram-swift"), .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"), .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
      ],
      swiftSettings: settings),
    .target(
      name: "AWSWire",
      dependencies: [
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "XMLCoder", package: "XMLCoder"),
      ],
      swiftSettings: settings),
    .target(
      name: "AWSClient",
      dependencies: [
        "AWSWire",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      swiftSettings: settings),
    .target(
      name: "AWSServer",
      dependencies: [
        "AWSWire",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
      ],
      swiftSettings: settings),
    .target(
      name: "BedrockQuotas", resources: [.embedInCode("Resources/facts.json")],
      swiftSettings: settings),
    .target(
      name: "AdmissionControl",
      dependencies: [
        .product(name: "DequeModule", package: "swift-collections"), .product(name: "HeapModule", package: "swift-collections"),
      ], swiftSettings: settings),
    .target(name: "Charts", swiftSettings: settings),
    .target(
      name: "QuotaProbe", dependencies: ["BedrockQuotas", .product(name: "RealModule", package: "swift-numerics")],
      swiftSettings: settings),
    .target(
      name: "BedrockEmulator",
      dependencies: [
        "AWSServer", "AWSWire", "BedrockQuotas",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      resources: [.embedInCode("Resources/sample-account.json")],
      swiftSettings: settings),

    // What users would write, with what users can reach.
    .executableTarget(
      name: "example-script", dependencies: ["AWSClient", "AWSWire", "Bedquota"], path: "Examples/Script", packageAccess: false,
      swiftSettings: settings),
    .executableTarget(
      name: "example-service",
      dependencies: [
        "AdmissionControl", "AWSClient", "AWSWire", "Bedquota", "BedrockQuotas",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
      ], path: "Examples/Service", packageAccess: false, swiftSettings: settings),

    .target(
      name: "TestSupport",
      dependencies: [
        "AWSClient", "AWSServer", "AWSWire", "BedrockEmulator", .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Tests/TestSupport", swiftSettings: settings),
    // Signs for the Python tests, which compare with botocore.
    .executableTarget(name: "sigv4-tool", dependencies: ["AWSWire"], path: "Tests/SigV4Tool", swiftSettings: settings),
    // The internals that benchmarks measure.
    .target(
      name: "BenchmarkSupport", dependencies: ["AdmissionControl", "AWSClient", "AWSWire", "Bedquota"],
      path: "Tests/BenchmarkSupport", swiftSettings: settings),
    // Pictures for people to look at (scripts/check-charts), and the drawing that scripts/benchmark-charts measures.
    .executableTarget(name: "chart-gallery", dependencies: ["Charts"], path: "Tests/ChartGallery", swiftSettings: settings),
    .testTarget(name: "ChartsTests", dependencies: ["Charts"], exclude: ["Golden"], swiftSettings: settings),
    // The limiter against servers in virtual time: for tests, seeds by the thousand, and the picture of it.
    .target(
      name: "AdmissionSimulation", dependencies: ["AdmissionControl"], path: "Tests/AdmissionSimulation", swiftSettings: settings),
    .testTarget(
      name: "AdmissionControlTests", dependencies: ["AdmissionControl", "AdmissionSimulation"], swiftSettings: settings),
    .executableTarget(
      name: "limiter-simulation", dependencies: ["AdmissionControl", "AdmissionSimulation", "Charts"],
      path: "Tests/LimiterSimulation", swiftSettings: settings),
    // Stands in for what the thread sanitizer can't see; see there.
    .target(name: "VisibleMutex", path: "Tests/LimiterStress/VisibleMutex"),
    .executableTarget(
      name: "limiter-stress", dependencies: ["AdmissionControl", "VisibleMutex"], path: "Tests/LimiterStress",
      exclude: ["VisibleMutex"], swiftSettings: settings),
    // The search for the limit that really holds, against made-up servers on a clock moved by hand.
    .target(
      name: "ProbeScenarios", dependencies: ["BedrockEmulator", "BedrockQuotas", "QuotaProbe"],
      path: "Tests/ProbeScenarios", swiftSettings: settings),
    .executableTarget(
      name: "probe-simulation", dependencies: ["BedrockQuotas", "ProbeScenarios", "QuotaProbe"],
      path: "Tests/ProbeSimulation", swiftSettings: settings),
    // Mutated frames by the million, and frames to compare with botocore's.
    .executableTarget(
      name: "event-stream-fuzz", dependencies: ["AWSWire"], path: "Tests/EventStreamFuzz", swiftSettings: settings),
    // The client against an emulator in trouble; takes half a minute by the clock, so it is no unit test.
    .executableTarget(
      name: "client-faults",
      dependencies: [
        "AWSClient", "AWSWire", "Bedquota", "BedrockEmulator", "BedrockQuotas", "TestSupport",
      ], path: "Tests/ClientFaults", swiftSettings: settings),
    .testTarget(
      name: "AWSClientTests",
      dependencies: [
        "AWSClient", "AWSWire", "TestSupport", .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "CustomDump", package: "swift-custom-dump"),
      ], swiftSettings: settings),
    .testTarget(name: "BedrockQuotasTests", dependencies: ["BedrockQuotas", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "BedrockEmulatorTests",
      dependencies: ["AWSClient", "AWSServer", "AWSWire", "BedrockEmulator", "BedrockQuotas", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "BedquotaTests",
      dependencies: [
        "AdmissionControl", "AWSClient", "AWSWire", "Bedquota", "BedrockEmulator", "BedrockQuotas", "ProbeScenarios",
        "QuotaProbe",
        "TestSupport",
        .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
        .product(name: "Metrics", package: "swift-metrics"), .product(name: "MetricsTestKit", package: "swift-metrics"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
      ], swiftSettings: settings),
    .testTarget(name: "BedquotaCommandsTests", dependencies: ["BedquotaCommands", "TestSupport"], swiftSettings: settings),
  ]
)
