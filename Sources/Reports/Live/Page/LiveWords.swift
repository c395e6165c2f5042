import AWSWire
import BedrockQuotas

/// Figures of the live page in words. What is unknown says so, and is never 0.
enum LiveWords {
  static let unknown = "unknown"

  /// `1,155`; `unknown`.
  static func count(_ value: Double?) -> String {
    guard let value, value.isFinite else { return unknown }
    return Figures.grouped(value)
  }

  static func count(_ value: Int?) -> String { value.map(Figures.grouped) ?? unknown }

  /// `12.4 s`, `3 min 5 s`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite else { return unknown }
    let seconds = max(seconds, 0)
    guard seconds >= 100 else { return "\(Figures.grouped((seconds * 10).rounded() / 10)) s" }
    let whole = Int(saturating: min(seconds, 1e12))
    if whole < 3_600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(Figures.grouped(whole / 3_600)) h \(whole % 3_600 / 60) min"
  }

  /// `13:00:05 UTC`; with the date if it is another day than that of the page.
  static func time(_ time: Timestamp, on page: Timestamp) -> String {
    let text = full(time)
    return full(page).prefix(10) == text.prefix(10) ? String(text.dropFirst(11)) : text
  }

  /// `2026-11-29 13:00:05 UTC`.
  static func full(_ time: Timestamp) -> String {
    AWSDate.iso8601(time.seconds).replacing("T", with: " ").replacing("Z", with: " UTC")
  }

  /// Rounded down, so that nothing is called full that is not: `98 %`.
  static func percent(_ share: Double) -> String { "\(Figures.grouped(Int(saturating: (share * 100).rounded(.down)))) %" }

  /// `RPM`, `input TPM`; `concurrent`.
  static func measure(_ quota: LiveStatus.Quota) -> String {
    let words = quota.measure.split(separator: "-").map { word in
      ["rpm", "tpm", "tpd", "rpd"].contains(word) ? word.uppercased() : String(word)
    }
    return words.joined(separator: " ") + (quota.isForLongPrompts == true ? ", long prompts" : "")
  }

  /// The same among the quotas of a pool: with its code where another one has the same measure, `TPD L-1A2B3C4D`.
  static func measure(_ quota: LiveStatus.Quota, among quotas: [LiveStatus.Quota]) -> String {
    let words = measure(quota)
    guard let code = quota.code, quotas.contains(where: { $0.code != code && measure($0) == words }) else { return words }
    return "\(words) \(code)"
  }

  /// `1 request`, `1,155 requests`.
  static func plural(_ count: Int, _ noun: String) -> String { "\(Figures.grouped(count)) \(noun)\(count == 1 ? "" : "s")" }
}
