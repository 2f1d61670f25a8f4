#include "server/auth/breached_passwords.hpp"

#include "server/file_descriptor.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <fcntl.h>
#include <filesystem>
#include <format>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>
#include <utility>

namespace haven::auth {

namespace {

constexpr std::size_t hash_length = 40;
constexpr std::int64_t line_bytes_max = 64; ///< ":", 20 digits and the end of the line besides
constexpr std::int64_t read_whole_bytes = std::int64_t{64} << 20U;
constexpr std::int64_t places_looked_at = 1000;
constexpr std::string_view form =
    "expected SHA-1 as 40 digits and letters A to F, with :COUNT or without";

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// What stands in a line, its end left out; nothing where it is none of such a list.
std::optional<std::string_view> hash_in(std::string_view line) {
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    if (line.size() < hash_length || !std::ranges::all_of(line.substr(0, hash_length), is_hex)) {
        return std::nullopt;
    }
    const std::string_view count = line.substr(hash_length);
    if (!count.empty() &&
        (count.size() < 2 || count[0] != ':' || !std::ranges::all_of(count.substr(1), is_digit))) {
        return std::nullopt;
    }
    return line.substr(0, hash_length);
}

std::string sha1_hex(std::string_view text) {
    std::array<unsigned char, 20> hash{};
    EVP_Digest(text.data(), text.size(), hash.data(), nullptr, EVP_sha1(), nullptr);
    std::string hex;
    for (const unsigned char byte : hash) {
        hex += std::format("{:02X}", byte);
    }
    return hex;
}

/// As much as there is, `size` bytes at most.
std::expected<std::string, std::string> read_at(int fd, std::int64_t from, std::int64_t size) {
    std::string bytes(static_cast<std::size_t>(size), '\0');
    std::size_t have = 0;
    while (have < bytes.size()) {
        const ssize_t got = ::pread(fd, bytes.data() + have, bytes.size() - have,
                                    from + static_cast<std::int64_t>(have));
        if (got < 0 && errno != EINTR) {
            return std::unexpected(std::string(std::strerror(errno)));
        }
        if (got == 0) {
            break;
        }
        have += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    }
    bytes.resize(have);
    return bytes;
}

} // namespace

std::expected<std::unique_ptr<BreachedPasswords>, std::string>
BreachedPasswords::open(const std::filesystem::path& file) {
    std::unique_ptr<BreachedPasswords> list(
        new BreachedPasswords(file, ::open(file.c_str(), O_RDONLY | O_CLOEXEC)));
    struct stat about{};
    if (!list->file_ || ::fstat(list->file_.fd(), &about) != 0) {
        return std::unexpected(
            std::format("cannot read {}: {}", file.string(), std::strerror(errno)));
    }
    list->size_ = about.st_size;
    if (!S_ISREG(about.st_mode) || list->size_ == 0) {
        return std::unexpected(file.string() + ": holds no line");
    }
    if (auto good = list->check_beginning(); !good) {
        return std::unexpected(std::move(good.error()));
    }
    if (auto good = list->check_rest(); !good) {
        return std::unexpected(std::move(good.error()));
    }
    return list;
}

std::expected<void, std::string> BreachedPasswords::check_beginning() const {
    constexpr std::int64_t block_bytes = std::int64_t{1} << 20U;
    const std::int64_t end = std::min(size_, read_whole_bytes);
    std::string kept; // the line that a block ends in
    std::string last;
    std::int64_t number = 0;
    for (std::int64_t from = 0; from < end; from += block_bytes) {
        const auto block = read_at(file_.fd(), from, std::min(block_bytes, end - from));
        if (!block) {
            return std::unexpected(
                std::format("cannot read {}: {}", path_.string(), block.error()));
        }
        kept += *block;
        if (end == size_ && from + block_bytes >= end && !kept.ends_with('\n')) {
            kept += '\n';
        }
        std::string_view rest = kept;
        for (std::size_t at = rest.find('\n'); at != std::string_view::npos; at = rest.find('\n')) {
            ++number;
            const auto hash = hash_in(rest.substr(0, at));
            if (!hash) {
                return std::unexpected(std::format("{}:{}: {}", path_.string(), number, form));
            }
            if (*hash < last) {
                return std::unexpected(
                    std::format("{}:{}: comes before the line above it: sort the file by hash",
                                path_.string(), number));
            }
            last = *hash;
            rest.remove_prefix(at + 1);
        }
        if (std::ssize(rest) > line_bytes_max) {
            return std::unexpected(std::format("{}:{}: {}", path_.string(), number + 1, form));
        }
        kept = std::string(rest);
    }
    return {};
}

std::expected<void, std::string> BreachedPasswords::check_rest() const {
    std::string last;
    for (std::int64_t i = 0; size_ > read_whole_bytes && i < places_looked_at; ++i) {
        const std::int64_t at = (size_ - 1) / (places_looked_at - 1) * i;
        const auto line = line_at(std::min(at, size_ - 1));
        if (!line) {
            return std::unexpected(line.error());
        }
        if (line->hash < last) {
            return std::unexpected(
                std::format("{}: the line at byte {} comes before others above it: sort the file "
                            "by hash",
                            path_.string(), line->begins));
        }
        last = line->hash;
    }
    return {};
}

std::expected<BreachedPasswords::Line, std::string>
BreachedPasswords::line_at(std::int64_t at) const {
    const std::int64_t from = std::max<std::int64_t>(0, at - line_bytes_max);
    const auto block = read_at(file_.fd(), from, 2 * line_bytes_max);
    if (!block) {
        return std::unexpected(std::format("cannot read {}: {}", path_.string(), block.error()));
    }
    const std::string_view text = *block;
    const auto middle = static_cast<std::size_t>(at - from);
    if (middle < text.size()) {
        const std::size_t before =
            middle == 0 ? std::string_view::npos : text.rfind('\n', middle - 1);
        const std::size_t begins = before == std::string_view::npos ? 0 : before + 1;
        const std::size_t ends = std::min(text.find('\n', middle), text.size());
        if (const auto hash = hash_in(text.substr(begins, ends - begins))) {
            return Line{.hash = std::string(*hash),
                        .begins = from + static_cast<std::int64_t>(begins),
                        .ends = from + static_cast<std::int64_t>(ends) + 1};
        }
    }
    return std::unexpected(std::format("{}: at byte {}: {}", path_.string(), at, form));
}

std::expected<bool, std::string> BreachedPasswords::contains(std::string_view password) const {
    const std::string wanted = sha1_hex(password);
    std::int64_t first = 0;
    std::int64_t last = size_;
    while (first < last) {
        const auto line = line_at(first + (last - first) / 2);
        if (!line) {
            return std::unexpected(line.error());
        }
        if (line->hash == wanted) {
            return true;
        }
        if (line->hash < wanted) {
            first = line->ends;
        } else {
            last = line->begins;
        }
    }
    return false;
}

} // namespace haven::auth
