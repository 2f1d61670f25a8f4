#include "server/http/proxies.hpp"

#include "net/api/ascii.hpp"
#include "server/http/address.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <expected>
#include <format>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace haven::http {

namespace ip = boost::asio::ip;

namespace {

constexpr std::size_t hops_max = 16;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

/// IPv4 that came through IPv6 as IPv4; without a zone.
std::optional<ip::address> address_of(std::string_view text) {
    boost::system::error_code error;
    ip::address address = ip::make_address(std::string(text), error);
    if (error || text.contains('%')) {
        return std::nullopt;
    }
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    }
    return address;
}

/// "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]", "[2001:db8::1]:80", "2001:db8::1".
std::optional<ip::address> node_address(std::string_view node) {
    if (node.starts_with('[')) {
        const std::size_t end = node.find(']');
        const std::string_view rest = end == std::string_view::npos ? "x" : node.substr(end + 1);
        return rest.empty() || rest.starts_with(':') ? address_of(node.substr(1, end - 1))
                                                     : std::nullopt;
    }
    if (std::ranges::count(node, ':') == 1) {
        node = node.substr(0, node.find(':'));
    }
    return address_of(node);
}

/// Where the last `separator` stands outside quotes. Read from the end, which the nearest proxy
/// wrote: a quote that a client left open before it hides nothing of that.
std::size_t last_outside_quotes(std::string_view text, char separator) {
    bool quoted = false;
    for (std::size_t at = text.size(); at-- > 0;) {
        if (text[at] == '"') {
            const std::size_t escapes = at - (text.substr(0, at).find_last_not_of('\\') + 1);
            quoted = quoted != (escapes % 2 == 0);
        } else if (text[at] == separator && !quoted) {
            return at;
        }
    }
    return std::string_view::npos;
}

/// Takes what stands behind the last separator at `at`, or all of it, and the separator.
std::string_view take_last(std::string_view& list, std::size_t at) {
    const bool only = at == std::string_view::npos;
    const std::string_view last = trimmed(only ? list : list.substr(at + 1));
    list = only ? std::string_view{} : list.substr(0, at);
    return last;
}

std::string unquoted(std::string_view value) {
    if (value.size() < 2 || value.front() != '"' || value.back() != '"') {
        return std::string(value);
    }
    value = value.substr(1, value.size() - 2);
    std::string text;
    for (std::size_t at = 0; at < value.size(); ++at) {
        at += value[at] == '\\' && at + 1 < value.size() ? 1 : 0;
        text += value[at];
    }
    return text;
}

/// The value of "for" in one element of Forwarded (RFC 7239); nothing where it stands there twice.
std::string forwarded_for(std::string_view element) {
    std::string node;
    while (!element.empty()) {
        const std::string_view pair = take_last(element, last_outside_quotes(element, ';'));
        constexpr std::string_view name = "for=";
        if (api::lower_case(pair.substr(0, name.size())) != name) {
            continue;
        }
        if (!node.empty()) {
            return {};
        }
        node = unquoted(pair.substr(name.size()));
    }
    return node;
}

std::vector<unsigned char> bytes_of(const ip::address& address) {
    if (address.is_v4()) {
        const auto bytes = address.to_v4().to_bytes();
        return {bytes.begin(), bytes.end()};
    }
    const auto bytes = address.to_v6().to_bytes();
    return {bytes.begin(), bytes.end()};
}

} // namespace

std::expected<TrustedProxies, std::string> TrustedProxies::parse(std::string_view list) {
    TrustedProxies proxies;
    for (const auto part : std::views::split(list, ',')) {
        const std::string_view text = trimmed(std::string_view(part));
        if (text.empty()) {
            continue;
        }
        const std::size_t slash = text.find('/');
        const auto base = address_of(text.substr(0, slash));
        unsigned bits = base && base->is_v4() ? 32 : 128;
        const unsigned bits_max = bits;
        bool good = base.has_value();
        if (good && slash != std::string_view::npos) {
            const char* const end = text.data() + text.size();
            const auto read = std::from_chars(text.data() + slash + 1, end, bits);
            good = read.ec == std::errc{} && read.ptr == end && bits <= bits_max;
        }
        if (!good) {
            return std::unexpected(
                std::format("--trusted-proxies: '{}' is neither an address nor a "
                            "network, such as 10.0.0.0/8 or 2001:db8::1",
                            text));
        }
        proxies.networks_.push_back({.base = *base, .prefix_bits = bits});
    }
    return proxies;
}

bool TrustedProxies::trusts(const ip::address& peer) const {
    const auto address = address_of(client_address(peer).ip);
    if (!address) {
        return false;
    }
    return std::ranges::any_of(networks_, [&](const Network& network) {
        const auto base = bytes_of(network.base);
        const auto bytes = bytes_of(*address);
        if (base.size() != bytes.size()) {
            return false;
        }
        for (unsigned bit = 0; bit < network.prefix_bits; ++bit) {
            const unsigned mask = 0x80U >> (bit % 8);
            if (((base[bit / 8] ^ bytes[bit / 8]) & mask) != 0) {
                return false;
            }
        }
        return true;
    });
}

ip::address TrustedProxies::before(ip::address client, std::string_view list,
                                   bool is_forwarded) const {
    for (std::size_t hop = 0; hop < hops_max && !list.empty() && trusts(client); ++hop) {
        const std::string_view element =
            take_last(list, is_forwarded ? last_outside_quotes(list, ',') : list.rfind(','));
        const auto next =
            is_forwarded ? node_address(forwarded_for(element)) : node_address(element);
        if (!next) {
            break;
        }
        client = *next;
    }
    return client;
}

ClientAddress TrustedProxies::client(const ip::address& peer, std::string_view forwarded,
                                     std::string_view x_forwarded_for) const {
    const ClientAddress by_forwarded = client_address(before(peer, forwarded, true));
    const ClientAddress by_list = client_address(before(peer, x_forwarded_for, false));
    if (forwarded.empty() || x_forwarded_for.empty()) {
        return forwarded.empty() ? by_list : by_forwarded;
    }
    return by_forwarded.ip == by_list.ip ? by_list : client_address(peer);
}

} // namespace haven::http
