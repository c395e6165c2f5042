import AWSWire

/// The value with another one in the place of each of its parts, one at a time.
func variants(of value: JSONValue) -> [JSONValue] {
  let oddities: [JSONValue] = [
    nil, true, 0, -1, 0.5, .number(0x1p63), 1e300, -1e300, .integer(.min), "", "x", "user", [], [nil], ["x"], [[]], [[:]], [:],
    ["x": nil],
  ]
  let inner: [JSONValue] =
    switch value {
    case .array(let elements):
      elements.indices.flatMap { index in
        variants(of: elements[index]).map { variant in
          var copy = elements
          copy[index] = variant
          return .array(copy)
        }
      }
    case .object(let members):
      members.indices.flatMap { index in
        variants(of: members[index].value).map { variant in
          var copy = members
          copy[index].value = variant
          return .object(copy)
        }
      }
    default: []
    }
  return oddities + inner
}
