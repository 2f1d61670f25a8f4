# Every library the rooms use, found once. All are Debian 13 packages (scripts/packages.txt).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

function(haven_pkg target)
    pkg_check_modules(${target} REQUIRED IMPORTED_TARGET ${ARGN})
    add_library(haven_dep::${target} ALIAS PkgConfig::${target})
endfunction()

find_package(glm REQUIRED)                 # glm::glm
haven_pkg(simdjson simdjson)
haven_pkg(yyjson yyjson)
haven_pkg(sodium libsodium)
haven_pkg(uuid uuid)
haven_pkg(png libpng)

if("net" IN_LIST HAVEN_ROOMS)
    find_package(CURL REQUIRED)            # CURL::libcurl
    haven_pkg(sqlite3 sqlite3)
endif()
if("renderer" IN_LIST HAVEN_ROOMS)
    find_package(Vulkan REQUIRED COMPONENTS glslc) # Vulkan::Vulkan, Vulkan::glslc
    find_package(VulkanMemoryAllocator CONFIG REQUIRED) # GPUOpen::VulkanMemoryAllocator
    find_package(meshoptimizer CONFIG REQUIRED) # meshoptimizer::meshoptimizer
endif()
if("server" IN_LIST HAVEN_ROOMS)
    find_package(Boost 1.88 REQUIRED CONFIG) # Boost::headers
    find_package(OpenSSL REQUIRED)         # OpenSSL::SSL
    find_package(CURL REQUIRED)            # CURL::libcurl
    find_package(CLI11 REQUIRED)           # CLI11::CLI11
    find_package(spdlog REQUIRED)          # spdlog::spdlog
    haven_pkg(pq libpq)
    haven_pkg(cairo cairo)
    haven_pkg(icu icu-uc)
    haven_pkg(tomlplusplus tomlplusplus)
endif()
if("ui" IN_LIST HAVEN_ROOMS)
    haven_pkg(icu_i18n icu-i18n icu-uc)
    haven_pkg(imgui imgui)
endif()
if("xr_app" IN_LIST HAVEN_ROOMS)
    find_package(OpenXR REQUIRED)          # OpenXR::openxr_loader
    find_package(glfw3 REQUIRED)           # glfw
    find_package(CLI11 REQUIRED)
    find_package(OpenAL REQUIRED)          # OpenAL::OpenAL
endif()
if("tests" IN_LIST HAVEN_ROOMS)
    find_package(GTest REQUIRED)           # GTest::gmock_main
    find_package(benchmark REQUIRED)       # benchmark::benchmark
    haven_pkg(ebur128 libebur128)          # loudness as broadcasters measure it
endif()
