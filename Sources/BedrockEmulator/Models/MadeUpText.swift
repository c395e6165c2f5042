/// The text of emulated replies: words of four bytes, which are one token each. So a reply has the same number of tokens when it
/// becomes input.
enum MadeUpText {
  private static let words = Array(
    ("the sun and sea are old but new day let him see how far one may run for joy who can say why our own cat sat dry"
      + " all day yet she had fun out ran two men now get car ask not").split(separator: " ").map { Array("\($0) ".utf8) })

  static func make(tokens: Int, _ random: inout SplitMix64) -> String {
    guard tokens > 0 else { return "" }
    return String(unsafeUninitializedCapacity: tokens * 4) { out in
      var bits: UInt64 = 0
      for index in 0..<tokens {
        // Each random number gives ten draws of six bits.
        if index % 10 == 0 { bits = random.next() }
        let word = words[Int(bits & 63) % words.count]
        bits >>= 6
        for byte in 0..<4 { out[index * 4 + byte] = word[byte] }
      }
      return tokens * 4 - 1  // Without the last space, it still has this number of tokens.
    }
  }
}
