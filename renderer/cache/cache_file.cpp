#include "renderer/cache/cache_file.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ios>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

namespace haven::cache_file {
namespace {

static_assert(std::endian::native == std::endian::little);
constexpr std::size_t magic_bytes = 8;
constexpr std::size_t file_bytes_max = std::size_t{256} << 20U;

std::uint64_t number_at(std::span<const std::byte> bytes, std::size_t offset) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.subspan(offset, sizeof value).data(), sizeof value);
    return value;
}

bool write(const std::filesystem::path& file, std::span<const std::byte> bytes) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    out.close();
    return out.good();
}

} // namespace

std::uint64_t fnv1a(std::span<const std::byte> bytes, std::uint64_t hash) {
    for (const std::byte byte : bytes) {
        hash = (hash ^ static_cast<std::uint64_t>(byte)) * 0x100000001b3ULL;
    }
    return hash;
}

std::uint64_t program_hash() {
    struct stat program{};
    if (::stat("/proc/self/exe", &program) != 0) {
        return 0;
    }
    const std::array<std::int64_t, 3> known{program.st_size, program.st_mtim.tv_sec,
                                            program.st_mtim.tv_nsec};
    return fnv1a(std::as_bytes(std::span(known)));
}

std::vector<std::byte> wrap(std::string_view magic, std::span<const std::byte> data) {
    assert(magic.size() == magic_bytes);
    std::vector<std::byte> file(header_bytes + data.size());
    const std::uint64_t size_bytes = data.size();
    const std::uint64_t checksum = fnv1a(data);
    std::memcpy(file.data(), magic.data(), magic_bytes);
    std::memcpy(file.data() + 8, &size_bytes, sizeof size_bytes);
    std::memcpy(file.data() + 16, &checksum, sizeof checksum);
    std::ranges::copy(data, file.begin() + header_bytes);
    return file;
}

std::span<const std::byte> unwrap(std::string_view magic, std::span<const std::byte> file) {
    if (file.size() < header_bytes || std::memcmp(file.data(), magic.data(), magic_bytes) != 0) {
        return {};
    }
    const auto data = file.subspan(header_bytes);
    return number_at(file, 8) == data.size() && number_at(file, 16) == fnv1a(data)
               ? data
               : std::span<const std::byte>{};
}

std::vector<std::byte> read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary | std::ios::ate);
    const auto size = in ? static_cast<std::streamoff>(in.tellg()) : 0;
    if (size <= 0 || static_cast<std::size_t>(size) > file_bytes_max) {
        return {};
    }
    std::vector<std::byte> bytes(static_cast<std::size_t>(size));
    in.seekg(0);
    in.read(reinterpret_cast<char*>(bytes.data()), size);
    return in ? bytes : std::vector<std::byte>{};
}

bool replace(const std::filesystem::path& file, std::span<const std::byte> bytes) {
    std::error_code error;
    std::filesystem::create_directories(file.parent_path(), error);
    auto beside = file;
    beside += "." + std::to_string(::getpid());
    if (!write(beside, bytes)) {
        std::filesystem::remove(beside, error);
        return false;
    }
    std::filesystem::rename(beside, file, error);
    return !error;
}

} // namespace haven::cache_file
