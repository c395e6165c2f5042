import AWSWire
import AdmissionControl
import BedrockEmulator
import Foundation
import TestSupport
import Testing

@testable import Bedquota

/// Two accounts, each with an emulator of its own.
struct RouterEmulatorTests {
  private let request = ModelRequest(prompt: "How are you?", maxTokens: 100)

  private func with(
    tokensPerSecond: Double = 0, _ body: @escaping @Sendable (QuotaRouter, [Emulator]) async throws -> Void
  ) async throws {
    try await ClientBench.with(tokensPerSecond: tokensPerSecond) { first, one in
      try await ClientBench.with(tokensPerSecond: tokensPerSecond) { second, two in
        try await body(try RouterBench.router(clients: [first, second]), [one, two])
      }
    }
  }

  @Test func anAccountThatHasNoRoomRests() async throws {
    try await with { [request] router, emulators in
      await ClientBench.control(emulators[0], "faults", ["service-unavailable": 1])
      var output = 0
      for _ in 0..<20 { output += try await router.send(request).usage?.output ?? 0 }
      #expect(output == 800)
      #expect(router.counted == [0, 20] && router.attempted[1] == 20 && router.attempted[0] < 10)
      #expect(router.statistics.total.failed == 0 && router.statistics.total.quotaTokens == 20 * 43)
      var inFlight = 0
      for emulator in emulators { inFlight += try await ClientBench.inFlight(emulator) }
      #expect(inFlight == 0)
      #expect(router.isIdle)
    }
  }

  @Test func streamsGoOnElsewhereBeforeTheyBegin() async throws {
    try await with { [request] router, emulators in
      await ClientBench.control(emulators[0], "faults", ["service-unavailable": 1])
      for _ in 0..<5 {
        let stream = try await router.stream(request)
        for try await _ in stream {}
        #expect(stream.usage?.output == 40)
      }
      #expect(router.counted == [0, 5] && router.statistics.total.succeeded == 5 && router.isIdle)
    }
  }

  /// Many requests at once: each counts once, and none is throttled.
  @Test func manyRequestsOverTwoAccounts() async throws {
    try await with { router, emulators in
      let large = ModelRequest(prompt: "How are you?", maxTokens: 500)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<30 { group.addTask { _ = try await router.send(large) } }
        try await group.waitForAll()
      }
      let total = router.statistics.total
      #expect(total.succeeded == 30 && total.throttled == 0 && total.requests == 30)
      #expect(router.counted.reduce(0, +) == 30 && router.isIdle)
    }
  }
}
