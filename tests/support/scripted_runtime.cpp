#include "tests/support/scripted_runtime.hpp"

#include "tests/support/process.hpp"

#include <filesystem>
#include <fstream>
#include <ios>
#include <string>
#include <string_view>

namespace haven::test {

namespace {

constexpr std::string_view layer_name = "XR_APILAYER_HAVEN_scripted_runtime";
constexpr std::string_view validation_name = "XR_APILAYER_LUNARG_core_validation";
/// XR_API_LAYER_PATH takes the place of the folders that the loader knows by itself.
constexpr std::string_view layer_folders =
    HAVEN_OPENXR_LAYER_DIR ":/usr/share/openxr/1/api_layers/explicit.d";

std::filesystem::path script_of(const TempDirectory& directory) {
    return directory.path() / "script";
}

} // namespace

ScriptedRuntime::ScriptedRuntime(std::string_view lines) {
    say(lines);
}

void ScriptedRuntime::say(std::string_view lines) {
    std::ofstream stream(script_of(directory_), std::ios::binary | std::ios::app);
    stream << lines << '\n'; // one write: nobody reads half a line
}

Environment ScriptedRuntime::environment(bool with_validation) const {
    std::string layers;
    if (with_validation) {
        layers = std::string(validation_name) + ":"; // first: nearest to the application
    }
    return {{"XR_ENABLE_API_LAYERS", layers + std::string(layer_name)},
            {"XR_API_LAYER_PATH", std::string(layer_folders)},
            {"HAVEN_OPENXR_SCRIPT", script_of(directory_).string()}};
}

} // namespace haven::test
