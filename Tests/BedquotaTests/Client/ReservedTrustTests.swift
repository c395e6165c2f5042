import Testing

@testable import Bedquota

struct ReservedTrustTests {
  @Test func eachReplyAllowsOneMore() {
    var trust = ReservedTrust()
    #expect(trust.allowed == 1 && trust.allows(at: .zero))
    for _ in 0..<5 { trust.served(at: .zero) }
    #expect(trust.allowed == 6)
    for _ in 0..<20_000 { trust.served(at: .zero) }
    #expect(trust.allowed == ReservedTrust.most)
  }

  @Test(arguments: [1.0, 60])
  func anOverflowEndsItForAMinuteOfTheService(timeScale: Double) {
    var trust = ReservedTrust()
    for _ in 0..<5 { trust.served(at: .zero) }
    trust.overflowed(at: .seconds(10), timeScale: timeScale)
    let end = Duration.seconds(10 + 60 / timeScale)
    #expect(!trust.allows(at: .seconds(10)) && !trust.allows(at: end - .milliseconds(1)) && trust.allows(at: end))
    // Replies to requests that were sent before say nothing of what comes.
    trust.served(at: .seconds(10))
    #expect(trust.allowed == 1)
    trust.served(at: end)
    #expect(trust.allowed == 2)
  }
}
