// haven-bake: makes the .light file of each definition given. Run it after a place's geometry or
// lights change; without it a place opens slowly and its shadows are coarse.

#include "environments/catalog.hpp"
#include "environments/definition/definition.hpp"
#include "environments/environment_builder.hpp"
#include "environments/light_file.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <print>
#include <span>
#include <string_view>

namespace {

namespace places = haven::environments;

bool bake_beside(const std::filesystem::path& file) {
    const auto definition = places::read_definition(file);
    if (!definition) {
        std::println(stderr, "haven-bake: {}", places::to_string(definition.error()));
        return false;
    }
    auto scene = places::build_scene(*definition);
    places::bake_light(scene, places::BakeQuality::full);
    if (const auto written = places::write_light_file(places::light_file_of(file), scene);
        !written) {
        std::println(stderr, "haven-bake: {}", written.error());
        return false;
    }
    std::println("{}: {} vertices, {} lights", places::light_file_of(file).string(),
                 scene.mesh.vertices.size(), scene.lights.size());
    return true;
}

} // namespace

int main(int argc, char** argv) {
    try {
        const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
        const bool helps = arguments.size() == 2 && std::string_view(arguments[1]) == "--help";
        if (arguments.size() < 2 || helps) {
            std::println(
                helps ? stdout : stderr,
                "usage: haven-bake DEFINITION.json...\n\nMakes the baked light beside each "
                "definition; run it after geometry or lights change.");
            return helps ? 0 : 2;
        }
        return std::ranges::all_of(arguments.subspan(1), bake_beside) ? 0 : 1;
    } catch (const std::exception& trouble) { // no memory, or a terminal that went away
        std::fputs(trouble.what(), stderr);
        return 1;
    }
}
