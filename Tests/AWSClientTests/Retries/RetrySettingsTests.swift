import AWSWire
import Testing

@testable import AWSClient

/// How often a call is tried, as the AWS CLI would be told.
struct RetrySettingsTests {
  private func attempts(_ environment: [String: String], _ config: ConfigFile.Settings = [:]) throws -> Int {
    let profile = Profile(name: "dev", config: config, credentials: [:], services: [:])
    return try RetrySettings(environment: environment, profile: profile).maxAttempts
  }

  @Test func attemptsOfEachMode() throws {
    #expect(try attempts([:]) == 3)
    #expect(try attempts(["AWS_RETRY_MODE": "standard"]) == 3)
    #expect(try attempts(["AWS_RETRY_MODE": "Adaptive"]) == 3)
    #expect(try attempts(["AWS_RETRY_MODE": "legacy"]) == 5)
    #expect(try attempts([:], ["retry_mode": "legacy"]) == 5)
    #expect(try attempts(["AWS_RETRY_MODE": "standard"], ["retry_mode": "legacy"]) == 3)
  }

  @Test func theNumberWins() throws {
    #expect(try attempts(["AWS_MAX_ATTEMPTS": "2", "AWS_RETRY_MODE": "legacy"]) == 2)
    #expect(try attempts([:], ["max_attempts": "4"]) == 4)
    #expect(try attempts(["AWS_MAX_ATTEMPTS": "1"], ["max_attempts": "4"]) == 1)
    #expect(try attempts(["AWS_MAX_ATTEMPTS": ""], ["max_attempts": "4"]) == 4)
    #expect(try attempts(["AWS_MAX_ATTEMPTS": "1000"]) == 10)
  }

  @Test(arguments: ["0", "-1", "x", "2.5", "99999999999999999999"])
  func whatIsNoNumberIsRefused(value: String) {
    let variable = #expect(throws: AWSClientError.self) { try attempts(["AWS_MAX_ATTEMPTS": value]) }
    #expect(variable?.message.hasPrefix("AWS_MAX_ATTEMPTS is \"\(value)\"") == true)
    let key = #expect(throws: AWSClientError.self) { try attempts([:], ["max_attempts": value]) }
    #expect(key?.message.hasPrefix("max_attempts of profile dev is \"\(value)\"") == true)
  }

  @Test func anUnknownModeIsRefused() {
    let error = #expect(throws: AWSClientError.self) { try attempts(["AWS_RETRY_MODE": "eager"]) }
    #expect(error?.message == "AWS_RETRY_MODE is \"eager\"; it takes legacy, standard or adaptive.")
  }
}
