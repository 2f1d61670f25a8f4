#include "xr_app/token_file.hpp"

#include <expected>
#include <filesystem>
#include <format>
#include <fstream>
#include <string>

namespace haven {

std::expected<std::string, std::string> read_token(const std::filesystem::path& file) {
    std::ifstream stream(file);
    std::string token;
    if (!stream || !(stream >> token)) {
        return std::unexpected(std::format("--token-file: no token can be read from {}; put the "
                                           "server's token into it, alone",
                                           file.string()));
    }
    return token;
}

} // namespace haven
