import AdmissionSimulation
import Foundation
import Gateway

/// Mutated configuration files of the gateway: each is refused with what is wrong, or means something that is safe.
struct ConfigurationTrial: FuzzTrial {
  private static let secret = "a-secret-that-is-in-no-message"
  private static let pieces = [
    "0", "-1", "1e308", "9223372036854775808", "10m", "2TB", "{}", "[]", "[a, b]", "{a: b}", "null", "~", "\"", "'", ": ", "\n  ",
    "\t",
    "- ", "&a ", "*a", "<<: ", "!!binary ", "| ", "0.0.0.0:1", "\"${KEY}\"", "\"${file:/nowhere}\"", "${KEY}", secret,
    "é\u{202E}", "\0",
    "%YAML 1.1\n", "---\n", "...\n", "keys:\n", "listen: 0.0.0.0:9\n",
  ].map { Array($0.utf8) }

  /// The file that is printed, with its examples in force.
  private let file: [UInt8]
  private let secrets = SecretSource(environment: [
    "KEY": secret + "-1", "ADMIN_KEY": secret + "-2", "BATCH_KEY": secret + "-3", "BEDQUOTA_GATEWAY_MASTER": secret + secret,
  ])
  private var accepted = 0
  private var refused = 0

  var summary: String { "\(accepted) files were accepted, \(refused) refused" }

  init() {
    let text = GatewayConfiguration.printed.split(separator: "\n")
      // What needs files, or several accounts, is refused in every file.
      .filter { !$0.hasPrefix("##") && !$0.contains("tls:") && !$0.contains("file:") }
      .map { $0.hasPrefix("# ") ? $0.dropFirst(2) : $0 }.joined(separator: "\n")
    file = Array(text.utf8)
  }

  mutating func run(_ random: inout Random) async throws -> String? {
    var bytes = random.chance(0.2) ? Array(random.pick(Self.pieces)) : file
    for _ in 0..<random.below(4) {
      if random.chance(0.7) {
        bytes.insert(contentsOf: random.pick(Self.pieces), at: random.below(bytes.count + 1))
      } else {
        Mutator.damage(&bytes, &random)
      }
    }
    // A secret that somebody writes where a name or a host belongs is one.
    let isNamed = bytes.firstRange(of: Array(Self.secret.utf8)) != nil
    do throws(ConfigurationProblems) {
      let configuration = try GatewayConfiguration(yaml: String(decoding: bytes, as: UTF8.self), file: "f.yaml", secrets: secrets)
      accepted += 1
      if configuration.isOpen, !configuration.listen.isLoopback { return "open to \(configuration.listen)" }
      if let admin = configuration.admin.listen, !admin.isLoopback, configuration.admin.secret == nil {
        return "an open admin page"
      }
      if configuration.limits.timeMax <= .zero || configuration.queue.waitMax <= .zero { return "no time for requests" }
      if !(0.01...1).contains(configuration.quotaShare) { return "a share of \(configuration.quotaShare)" }
      return !isNamed && configuration.summary.contains(Self.secret) ? "a secret in the summary" : nil
    } catch {
      refused += 1
      let lines = error.lines
      if lines.isEmpty { return "a refusal without words" }
      if !isNamed, lines.contains(where: { $0.contains(Self.secret) }) { return "a secret in \(lines)" }
      return lines.contains { $0.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{202E}" } }
        ? "control characters in \(lines)" : nil
    }
  }
}
