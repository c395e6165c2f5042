import AWSServer
import Bedquota
import FleetNetwork
import Testing

@testable import Gateway

/// `fleet`: the store by which gateways share quotas.
struct FleetConfigurationTests {
  private static let secret = "redis://:hunter2-of-this-test@cache:6379"

  private static func read(_ yaml: String) throws(ConfigurationProblems) -> GatewayConfiguration {
    try GatewayConfiguration(yaml: yaml, file: "g.yaml", secrets: SecretSource(environment: ["STORE": secret]))
  }

  private static func problems(_ yaml: String) -> [String] {
    do throws(ConfigurationProblems) {
      _ = try read(yaml)
      return []
    } catch {
      return error.lines
    }
  }

  @Test func anAddressOrAMapping() throws {
    #expect(try Self.read("").fleet == nil)
    let plain = try #require(try Self.read("fleet: redis://cache:6379").fleet)
    #expect(plain.weight == 1 && plain.fallback == .share)
    let full = try #require(try Self.read("fleet: {url: \"${STORE}\", weight: 2.5, fallback: 4}").fleet)
    #expect(full.weight == 2.5 && full.fallback == .fixed(members: 4) && full.origin == .environment)
    #expect(!"\(full)".contains("hunter2"))
    _ = try #require(try Self.read("fleet: dynamodb://bedquota-fleet?region=us-east-1").fleet)
    _ = try #require(try Self.read("fleet: rediss://bedquota@cache:6379/?iam=my-cache").fleet)
  }

  @Test(arguments: [
    ("fleet: {weight: 2}", "needs url"), ("fleet: {url: redis://c:1, wait: 2}", "fleet.wait is not a key"),
    ("fleet: {url: redis://c:1, weight: 0}", "fleet.weight must be"),
    ("fleet: {url: redis://c:1, fallback: none}", "fleet.fallback must be"), ("fleet: http://cache", "has an unknown scheme"),
    ("fleet: \"${MISSING}\"", "MISSING isn't set"), ("fleet: \(Self.secret)", "holds a password"),
    ("fleet: {url: dynamodb://x}", "names no table"),
    ("fleet: redis+sentinel://c/main?sentinel_password=hunter2", "holds a password"),
  ])
  func problemsHaveTheirLine(yaml: String, words: String) {
    let problems = Self.problems(yaml)
    #expect(problems.count == 1 && problems[0].hasPrefix("g.yaml:1:") && problems[0].contains(words), "\(problems)")
    #expect(!problems.joined().contains("hunter2"))
  }

  @Test func aChangeTakesEffectAtTheStart() throws {
    let (old, new) = (try Self.read("fleet: redis://a:1"), try Self.read("fleet: redis://b:1"))
    #expect(new.changes(from: old) == ["fleet has changed, which takes effect when the gateway starts again."])
    #expect(new.keepingStart(of: old).fleet == old.fleet)
  }

  @Test func callersAreToldLittleOfTheStore() {
    let failure = GatewayFailure(BedquotaError(.fleet, "At 10.1.2.3:6379 nobody is there."))
    #expect(failure.fault.status == 503 && !failure.fault.message.contains("10.1.2.3"))
    #expect(failure.problem?.contains("10.1.2.3") == true)
  }
}
