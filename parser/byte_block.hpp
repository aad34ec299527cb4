// Sixteen bytes at a time: what compilers make of their vector types wherever a processor has any. A mark is
// a byte with all bits set where a test holds, and 0 where it doesn't.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace bounced {

using ByteBlock [[gnu::vector_size(16)]] = unsigned char;

inline ByteBlock load_block(const char* from) {
  ByteBlock block;
  std::memcpy(&block, from, sizeof block);
  return block;
}

inline void store_block(ByteBlock block, char* to) { std::memcpy(to, &block, sizeof block); }

/// Marks the bytes that equal `byte`.
inline ByteBlock bytes_equal(ByteBlock block, char byte) {
  return reinterpret_cast<ByteBlock>(block == static_cast<unsigned char>(byte));
}

/// Marks the bytes from `first` to `last`.
inline ByteBlock bytes_within(ByteBlock block, char first, char last) {
  const auto low = static_cast<unsigned char>(first);
  const auto high = static_cast<unsigned char>(last);
  return reinterpret_cast<ByteBlock>(block - low <= static_cast<unsigned char>(high - low));
}

inline bool any_marked(ByteBlock marks) {
  const auto halves = std::bit_cast<std::array<std::uint64_t, 2>>(marks);
  return (halves[0] | halves[1]) != 0;
}

/// Where the first mark stands; there must be one.
inline std::size_t first_marked(ByteBlock marks) {
  const auto halves = std::bit_cast<std::array<std::uint64_t, 2>>(marks);
  const std::size_t before = halves[0] == 0 ? 8 : 0;
  const std::uint64_t half = halves[0] == 0 ? halves[1] : halves[0];
  const int bits =
      std::endian::native == std::endian::little ? std::countr_zero(half) : std::countl_zero(half);
  return before + static_cast<std::size_t>(bits) / 8;
}

}  // namespace bounced
