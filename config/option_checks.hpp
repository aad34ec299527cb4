// Checks of single texts in the settings file. Each gives back what is wrong, as the second half of a
// sentence about the value ("has a blank in it"), or "" for nothing. None repeats the value.
#pragma once

#include <string>
#include <string_view>

namespace bounced {

std::string check_line(std::string_view text);           ///< no control characters; "" is fine
std::string check_path(std::string_view text);           ///< a file name
std::string check_path_or_empty(std::string_view text);  ///< the same, or ""
std::string check_name(std::string_view text);           ///< 1 to 64 letters, digits and . _ @ + -
std::string check_mailbox_url(std::string_view text);    ///< see read_mailbox_url
std::string check_http_url(std::string_view text);       ///< http:// or https://, a host, no sign-in; or ""
std::string check_exit_code(std::string_view text);      ///< "0" to "255"
std::string check_folder(std::string_view text);         ///< an IMAP folder that we make: levels between '/'
std::string check_keyword(std::string_view text);        ///< an IMAP flag-keyword (RFC 9051 9)
std::string check_login_options(std::string_view text);  ///< libcurl's CURLOPT_LOGIN_OPTIONS, or ""
std::string check_credential_name(std::string_view text);  ///< systemd.exec(5), LoadCredential=
std::string check_header_name(std::string_view text);      ///< RFC 5322 3.6.8
std::string check_domain(std::string_view text);
std::string check_domain_or_nothing(std::string_view text);
std::string check_address(std::string_view text);
std::string check_address_or_empty(std::string_view text);
std::string check_time_of_day(std::string_view text);  ///< "07:00", or ""
std::string check_timezone(std::string_view text);     ///< a name such as "Europe/Berlin", or ""
std::string check_smtp_url(std::string_view text);     ///< smtp:// or smtps://, a host, maybe a port; or ""
std::string check_resolver(std::string_view text);     ///< an IPv4 address, maybe with a port; or ""
std::string check_address_or_domain(std::string_view text);  ///< an address, or "@domain"
std::string check_verp_pattern(std::string_view text);  ///< RE2 with the groups that VerpConvention wants

}  // namespace bounced
