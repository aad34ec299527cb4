// Any bytes as a return path: what is taken apart is put together again as it was, and what is put together
// can be taken apart. The first byte chooses the separator.
#include "parser/verp.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "parser/address.hpp"
#include "parser/charset.hpp"
#include "parser/signed_verp.hpp"

namespace {

using namespace bounced;

void check_reading(std::string_view text, const SignedVerpForm& form) {
  const auto path = read_signed_path(text, form);
  if (!path) return;
  if (!is_valid_utf8(path->base) || !is_valid_utf8(path->recipient)) std::abort();
  if (!path->well_formed) {
    if (!path->tag.empty() || !path->recipient.empty() || path->day != 0) std::abort();
    return;
  }
  if (path->tag.size() != verp_tag_letters || path->day < 1 || path->day > 999'999) std::abort();
  if (!path->recipient.empty() && normal_address(path->recipient) != path->recipient) std::abort();
}

/// The text as a recipient: whatever it is, its address names it or nobody.
void check_writing(std::string_view text, const SignedVerpForm& form) {
  const SignedReturnPath path{"bounces@us.example", 20781, "k3vq7c2mzt4a", normal_address(text), true};
  if (!is_address(path.recipient)) return;
  const auto again = read_signed_path(signed_address(path, form.separator), form);
  if (!again || again->base != path.base || again->day != path.day || again->tag != path.tag) std::abort();
  if (again->recipient != (fits_long_form(path, form.separator) ? path.recipient : "")) std::abort();
  SignedReturnPath shouted = path;
  for (char& c : shouted.recipient)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (normal_address(shouted.recipient) == path.recipient && signed_text(shouted) != signed_text(path))
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const VerpDecoder decoder = *VerpDecoder::make(builtin_verp_conventions());
  if (size == 0) return 0;
  constexpr std::string_view separators = "+-_=";
  const SignedVerpForm form{std::string(1, separators[data[0] % separators.size()]), {"bounces@us.example"}};
  const std::string text = to_utf8({reinterpret_cast<const char*>(data) + 1, size - 1}, "");
  check_reading(text, form);
  check_writing(text, form);
  if (signed_paths_in(read_header_fields(text), form).size() > most_signed_paths) std::abort();
  const std::string recipient = decoder.decode(text);
  if (!recipient.empty() && !is_address(recipient)) std::abort();
  return 0;
}
