// swift-tools-version: 6.2
import PackageDescription

// Benchmarks measure time; they have a package of their own, so that neither users nor tests build them.
// `scripts/benchmark` builds and runs them. What runs in virtual time is a test and lives in `../Tests`.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "bedquota-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "bedquota", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
  ],
  targets: [
    // The least that a server can do on the libraries of the emulator: the peer of scripts/benchmark-emulator.
    .executableTarget(
      name: "bare-echo",
      dependencies: [
        .product(name: "Crypto", package: "swift-crypto"), .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "BareEcho", exclude: ["thresholds.json"], swiftSettings: settings),
    // What stands for Bedrock behind a gateway, and a peer of the gateway: scripts/benchmark-gateway.
    .executableTarget(
      name: "bedrock-mock",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "Gateway/BedrockMock", swiftSettings: settings),
    .executableTarget(
      name: "plain-relay",
      dependencies: [
        .product(name: "AsyncHTTPClient", package: "async-http-client"), .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      path: "Gateway/PlainRelay", swiftSettings: settings),
    // The client beside its peers, and what it adds to a bare call: scripts/benchmark-clients.
    .executableTarget(
      name: "client-benchmark",
      dependencies: [
        .product(name: "_BenchmarkSupport", package: "bedquota"), .product(name: "Bedquota", package: "bedquota"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "ClientBenchmark", swiftSettings: settings),
    // The limiter beside its peers in other languages: scripts/benchmark-limiter.
    .executableTarget(
      name: "limiter-benchmark",
      dependencies: [.product(name: "AdmissionControl", package: "bedquota")],
      path: "LimiterBenchmark", exclude: ["thresholds.json"], swiftSettings: settings),
  ]
)
