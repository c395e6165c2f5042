import Bedquota
import Foundation
import Testing

@testable import Gateway

struct GatewayConfigurationTests {
  private static let environment = [
    "CHAT_KEY": "a-chat-secret-of-32-characters-x", "BATCH_KEY": "a-batch-secret-of-32-characters-", "SHORT": "short",
    "BLANK": "a secret with blanks in it", "MASTER": String(repeating: "m", count: 44), "WEAK_MASTER": "only-20-characters--",
    "SAME": "a-chat-secret-of-32-characters-x",
  ]

  private static func read(_ yaml: String, _ environment: [String: String] = environment) throws(ConfigurationProblems)
    -> GatewayConfiguration
  {
    try GatewayConfiguration(yaml: yaml, file: "g.yaml", secrets: SecretSource(environment: environment))
  }

  private static func problems(_ yaml: String) -> [String] {
    do throws(ConfigurationProblems) {
      _ = try read(yaml)
      return []
    } catch {
      return error.lines
    }
  }

  @Test(arguments: ["", "# only a comment\n", "{}"])
  func aFileWithoutValuesIsTheDefault(yaml: String) throws {
    #expect(try Self.read(yaml) == GatewayConfiguration())
  }

  @Test func thePrintedConfigurationIsTheDefault() throws {
    #expect(try Self.read(GatewayConfiguration.printed) == GatewayConfiguration())
  }

  /// What follows a single `#` is an example, and examples must be right too.
  @Test func everyPrintedExampleIsValid() throws {
    let lines = GatewayConfiguration.printed.split(separator: "\n", omittingEmptySubsequences: false)
    var examples = lines.map { $0.hasPrefix("# ") ? String($0.dropFirst(2)) : String($0) }.joined(separator: "\n")
    // There are no such files here.
    examples = examples.replacing("${file:/run/secrets/chat}", with: "${CHAT_KEY}").replacing(
      "${file:/run/secrets/master}", with: "${MASTER}"
    ).replacing("${ADMIN_KEY}", with: "${BATCH_KEY}")
    let configuration = try Self.read(examples)
    #expect(configuration.keys.map(\.name) == ["chat", "batch", "agent", "ci"])
    #expect(configuration.models["opus"] == [NamedRoute(id: "us.anthropic.claude-opus-4-8")])
    #expect(configuration.models["nova"]?.first?.account == "research")
    #expect(configuration.models["haiku"]?.map(\.account) == [nil, "own"])
    #expect(configuration.admin.secret != nil && configuration.accounts.map(\.name) == ["own", "research"])
    #expect(configuration.passThrough == false)
  }

  @Test func theDesignsExampleIsRead() throws {
    let configuration = try Self.read(
      """
      listen: 0.0.0.0:4000
      tls: {cert: /etc/bedquota/cert.pem, key: /etc/bedquota/key.pem}
      accounts:
        - {regions: [us-east-1, us-west-2]}
      keys:
        chat:  {secret: "${CHAT_KEY}", share: 3}
        batch: {secret: "${BATCH_KEY}", priority: low, max_wait: 10m}
        ci:    {sha256: \(String(repeating: "9f2c", count: 16)), models: [us.amazon.*], tokens_per_day: 50M}
      queue: {max_wait: 15m, bytes: 256MB}
      drain: 5m
      """)
    #expect(configuration.listen == ListenAddress(host: "0.0.0.0", port: 4_000))
    #expect(configuration.accounts.first?.regions == ["us-east-1", "us-west-2"])
    #expect(configuration.queue.waitMax == .seconds(900))
    #expect(configuration.queue.bytesMax == 256_000_000)
    #expect(configuration.drain == .seconds(300))
    #expect(!configuration.isOpen && !configuration.passesAPIKeysThrough)
    let (chat, batch, ci) = (configuration.keys[0], configuration.keys[1], configuration.keys[2])
    #expect(chat.share == 3 && chat.priority == .normal)
    #expect(batch.priority == .low && batch.priority.tier == 2 && batch.waitMax == .seconds(600))
    #expect(ci.budget.tokensPerDay == 50_000_000)
    #expect(ci.models.map(\.text) == ["us.amazon.*"])
  }

  /// Each file, and how each of its problems begins.
  @Test(arguments: [
    ("listen: 4000", ["g.yaml:1: listen must be an address and a port, such as 127.0.0.1:4000 or [::1]:4000, not '4000'"]),
    ("\nlisten: 0.0.0.0:4000", ["g.yaml:2: listen 0.0.0.0:4000 can be reached from other machines, so keys must name"]),
    ("listen: \"[::]:80\"\nkeys: {}", ["g.yaml:1: listen [::]:80 can be reached"]),
    ("listen: 10.0.0.1:0", ["g.yaml:1: listen 10.0.0.1:0 can be reached"]),
    (
      "drain: 10\nquota_share: 2\nqueue: {max_wait: long, bytes: 5XB, request: 5}",
      [
        "g.yaml:1: drain must be a time with its unit", "g.yaml:2: quota_share must be a number from 0.01 to 1",
        "g.yaml:3: queue.request is not a key that the gateway knows; it knows max_wait, bytes, requests here",
        "g.yaml:3: queue.max_wait must be a time", "g.yaml:3: queue.bytes must be a size",
      ]
    ),
    ("Pass-Through: true", ["g.yaml:1: Pass-Through is not a key that the gateway knows; write pass_through"]),
    ("pass_through: yes", ["g.yaml:1: pass_through must be true or false, not 'yes'"]),
    ("drain:\n", ["g.yaml:1: drain has no value; write one, or leave the key out"]),
    ("drain: [10m]", ["g.yaml:1: drain must be a single value"]),
    ("drain: 1m\ndrain: 2m", ["g.yaml:1: 'drain' stands twice in the same mapping, here first; remove one"]),
    ("- listen", ["g.yaml:1: the file must be a mapping, NAME: VALUE on each line"]),
    ("text", ["g.yaml:1: the file must be a mapping"]),
    ("a: 1\n---\nb: 2", ["g.yaml:2: this is not valid YAML"]),
    ("keys: {a: {models: [*]}}", ["g.yaml:1: this is not valid YAML: did not find expected alphabetic or numeric character"]),
    ("keys: [", ["g.yaml:2: this is not valid YAML"]),
    ("x: &a [1, 2]\ny: *a", ["g.yaml:1: anchors (&name) and aliases (*name) are not read"]),
    ("? {a: 1}\n: 2", ["g.yaml:1: the names in the file must be plain text"]),
    (
      "keys: {chat: {secret: plain-secret-that-nobody-may-see}}",
      ["g.yaml:1: keys.chat.secret: a secret isn't written into the file"]
    ),
    ("keys:\n  chat: {secret: \"${NOWHERE}\"}", ["g.yaml:2: keys.chat.secret: the environment variable NOWHERE isn't set"]),
    ("keys: {chat: {secret: \"${SHORT}\"}}", ["g.yaml:1: keys.chat.secret: the secret in SHORT has fewer than 16 characters"]),
    ("keys: {chat: {secret: \"${BLANK}\"}}", ["g.yaml:1: keys.chat.secret: the secret in BLANK has blanks"]),
    ("keys: {chat: {secret: \"${file:secret}\"}}", ["g.yaml:1: keys.chat.secret: the path of a secret's file is absolute"]),
    ("keys: {chat: {secret: \"${file:/nowhere/x}\"}}", ["g.yaml:1: keys.chat.secret: /nowhere/x doesn't exist"]),
    ("keys: {chat: {secret: \"${a b}\"}}", ["g.yaml:1: keys.chat.secret: \"${…}\" holds the name"]),
    ("keys: {chat: {}}", ["g.yaml:1: keys.chat has no secret: write secret or sha256, or set master"]),
    ("keys: {chat: {secret: \"${CHAT_KEY}\", serial: 2}}", ["g.yaml:1: keys.chat has secret and serial; a key has one of them"]),
    (
      "keys: {chat: {sha256: 9f2c}}",
      ["g.yaml:1: keys.chat.sha256 must be the SHA-256 of the bearer token, 64 hexadecimal digits"]
    ),
    (
      "keys:\n  chat: {secret: \"${CHAT_KEY}\"}\n  other: {secret: \"${SAME}\"}",
      ["g.yaml:3: keys.other has the same secret or access key id as keys.chat"]
    ),
    (
      "master: \"${MASTER}\"\nkeys: {a-b: {}, a_b: {}}",
      ["g.yaml:2: keys.a_b has the same secret or access key id as keys.a-b"]
    ),
    ("keys: {\"a b\": {}}", ["g.yaml:1: a key can't be called 'a b'"]),
    (
      "keys: {chat: {secret: \"${CHAT_KEY}\", share: 0, priority: urgent, tokens_per_day: 0, models: [\"a b\"], max_body: 0}}",
      [
        "g.yaml:1: keys.chat.share must be a number from 0.01 to 1000",
        "g.yaml:1: keys.chat.priority must be high, normal or low",
        "g.yaml:1: keys.chat.max_body must be a size", "g.yaml:1: keys.chat.tokens_per_day must be a whole number above 0",
        "g.yaml:1: keys.chat.models must be a model id",
      ]
    ),
    (
      "keys:\n  chat: {secret: \"${CHAT_KEY}\", max_wait: 1h}\n  ci: {secret: \"${BATCH_KEY}\", max_body: 26MB}",
      [
        "g.yaml:2: keys.chat.max_wait must be shorter than limits.time",
        "g.yaml:3: keys.ci.max_body is above limits.body",
      ]
    ),
    ("keys: {chat: {secret: \"${CHAT_KEY}\", max_wait: 59m, max_body: 25MB}}", []),
    ("keys: {chat: {secret: \"${CHAT_KEY}\", max_wait: 2h, max_body: 30MB}}\nlimits: {time: 3h, body: 30MB}", []),
    ("master: \"${WEAK_MASTER}\"\nkeys: {a: {}}", ["g.yaml:1: master has fewer than 32 characters"]),
    ("master: \"${MASTER}\"", ["g.yaml:1: master derives the secrets of keys, and there are none"]),
    (
      "master: \"${MASTER}\"\nkeys: {a: {serial: [1, 0]}}",
      ["g.yaml:2: keys.a.serial must be a whole number from 1 to 9999, not '0'"]
    ),
    ("tls: {cert: /a.pem}", ["g.yaml:1: tls needs key"]),
    (
      "admin: {listen: 0.0.0.0:1}",
      [
        "g.yaml:1: admin.listen 0.0.0.0:1 can be reached from other machines, so admin needs a secret"
      ]
    ),
    (
      "admin: {listen: 127.0.0.1:4000}",
      ["g.yaml:1: admin.listen is the address of the gateway"]
    ),
    ("plain_keepalive: spaces", ["g.yaml:1: plain_keepalive: spaces is not there yet"]),
    ("access_log: requests.log", ["g.yaml:1: access_log must be off, stdout or an absolute path"]),
    ("plain_keepalive: 1", ["g.yaml:1: plain_keepalive must be silent or spaces, not '1'"]),
    ("limits: {body: 2TB}", ["g.yaml:1: limits.body must be a size"]),
  ])
  func everyProblemHasItsLine(yaml: String, expected: [String]) {
    let problems = Self.problems(yaml)
    #expect(problems.count == expected.count, "\(problems)")
    for (problem, start) in zip(problems, expected) { #expect(problem.hasPrefix(start), "\(problem)") }
  }

  @Test func noProblemRepeatsASecret() {
    let literals = [
      "keys: {chat: {secret: plain-secret-that-nobody-may-see}}", "keys: {chat: {sha256: plain-secret-that-nobody-may-see}}",
      "master: plain-secret-that-nobody-may-see", "admin: {secret: plain-secret-that-nobody-may-see}",
    ]
    for yaml in literals {
      #expect(!Self.problems(yaml).isEmpty)
      #expect(!Self.problems(yaml).joined().contains("plain-secret"))
    }
  }

  @Test func noDescriptionShowsASecret() throws {
    let configuration = try Self.read("master: \"${MASTER}\"\nkeys: {a: {}, chat: {secret: \"${CHAT_KEY}\"}}")
    var dumped = ""
    dump(configuration, to: &dumped)
    for text in [dumped, "\(configuration)", String(reflecting: configuration)] {
      #expect(!text.contains("mmmm") && !text.contains("a-chat-secret"))
    }
  }

  @Test func hugeAndDeepFilesAreRefused() {
    let long = Self.problems(String(repeating: "# \(String(repeating: "x", count: 97))\n", count: 11_000))
    #expect(long == ["g.yaml: the file has more than 1 MB; check that it is the right one"])
    let deep = Self.problems(String(repeating: "[", count: 500_000))
    #expect(deep.count == 1 && deep[0].contains("not valid YAML"))
  }

  /// Every text is a configuration or has problems; none ends the process.
  @Test func damagedFilesAreRead() {
    var random = SystemRandomNumberGenerator()
    let original = Array(GatewayConfiguration.printed.replacing("\n# ", with: "\n").utf8)
    let pieces = [
      "\"\\uD800\"", "\"\\xff\"", "!!binary x", "? ", "- ", "{", "]", ": ", "\0", "\t", "<<: ", "---\n", "\u{FEFF}", "'", "|\n",
    ]
    for _ in 0..<400 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.removeSubrange(index..<min(index + 20, bytes.count))
        default: bytes.insert(contentsOf: (pieces.randomElement(using: &random) ?? "").utf8, at: index)
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      do throws(ConfigurationProblems) {
        _ = try Self.read(text)
      } catch {
        #expect(!error.lines.isEmpty && error.lines.allSatisfy { $0.hasPrefix("g.yaml:") && !$0.contains("\n") })
      }
    }
  }

  @Test func theEnvironmentHasTheMasterSecretIfTheFileNamesNone() throws {
    let environment = [GatewayConfiguration.masterVariable: String(repeating: "e", count: 40)]
    let configuration = try Self.read("keys: {chat: {serial: [1, 2]}}", environment)
    #expect(configuration.master == Secret(environment[GatewayConfiguration.masterVariable] ?? ""))
    #expect(configuration.keys.first?.proof == .derived(serials: [1, 2]))
  }

  /// An address from elsewhere counts instead of the file's, and is checked as that would be.
  @Test func anotherAddressCountsInstead() throws {
    let secrets = SecretSource(environment: Self.environment)
    let local = ListenAddress(host: "127.0.0.1", port: 0)
    #expect(
      try GatewayConfiguration(yaml: "listen: 127.0.0.1:1", file: "g.yaml", listen: local, secrets: secrets).listen == local)
    #expect(try GatewayConfiguration(yaml: "listen: 0.0.0.0:1", file: "g.yaml", listen: local, secrets: secrets).listen == local)
    #expect(throws: ConfigurationProblems.self) {
      try GatewayConfiguration(listen: ListenAddress(host: "0.0.0.0", port: 4_000), secrets: secrets)
    }
    #expect(try GatewayConfiguration(listen: nil, secrets: secrets) == GatewayConfiguration())
  }

  @Test func whatCannotChangeLiveIsNamed() throws {
    let old = try Self.read("keys: {chat: {secret: \"${CHAT_KEY}\"}}")
    var new = old
    new.listen = ListenAddress(host: "127.0.0.1", port: 5_000)
    new.tls = .init(certificate: "/c", key: "/k")
    new.keys[0].share = 2
    #expect(
      new.changes(from: old) == [
        "listen stays 127.0.0.1:4000; 127.0.0.1:5000 takes effect when the gateway starts again.",
        "tls has changed, which takes effect when the gateway starts again.",
      ])
    #expect(old.changes(from: old).isEmpty)
    #expect(new.refusal(after: old) == nil)
    // A truncated file is no reason to let everybody in.
    #expect(GatewayConfiguration().refusal(after: old) != nil)
    #expect(old.refusal(after: GatewayConfiguration()) == nil)
  }
}
