"""The tests lie in folders as the package does: a file is tested by its namesake."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# On each floor, the private files without a namesake, and the tests of what uses them.
TESTED_BY = {
    "micrographs": {
        "io/_checked_picks": "io/test_write_coordinates",
        "io/_delimited_text": "io/test_write_coordinates",
        "io/_header_pixel_size": "io/test_micrograph_pixel_sizes",
        "io/_coordinate_columns": "io/test_coordinate_file",
        "io/_list_files": "io/test_read_micrographs",
        "io/_listed_file": "io/test_read_micrographs",
        "io/_pick_format": "io/test_write_coordinates",
        "io/_pick_text": "io/test_round_trips",
        "io/_read_mrc": "io/test_read_micrograph",
        "io/_sizes_in_project": "io/test_micrograph_pixel_sizes",
        "io/_tiff_segments": "io/test_read_tiff",
        "peaks/_map_peaks": "peaks/test_peak_extractor",
        "peaks/_training_maps": "regions/test_estimated_count",
        "preprocessing/_normalized": "preprocessing/test_micrograph_normalizer",
        "references/_picker_settings": "references/test_reference_picker",
        "references/_reference_images": "references/test_reference_picker",
        "references/_whitened_particles": "references/test_reference_picker",
        "regions/_band_scores": "regions/test_cross_fit",
        "regions/_prior_of_count": "regions/test_region_scorer",
        "regions/_scorer_settings": "regions/test_region_scorer",
    },
    "pu": {
        "displays/_labels_at_random": "displays/test_labels_at_random_display",
        "displays/_prior_sensitivity": "displays/test_prior_sensitivity_display",
        "_pu_collapse_warning": "displays/test_predicted_share_display",
        "modules/_blueprint": "modules/test_architecture",
        "modules/_conv_net_blueprint": "modules/test_conv_net",
        "modules/_layers": "modules/test_architecture",
        "modules/_resnet16": "modules/test_architecture",
        "modules/_resnet16_blueprint": "modules/test_architecture",
        "modules/_resnet8": "modules/test_architecture",
        "modules/_resnet8_blueprint": "modules/test_architecture",
        "network/_dense_scores": "network/test_pu_classifier",
        "network/_mean_over_region": "network/test_dense_network",
        "network/_named_criterion": "network/test_pu_classifier",
        "network/_nontraditional_classifier": "network/test_scores_of_images",
        "network/_training_net": "network/test_training",
    },
}
# Tests of what several files do together.
OF_SEVERAL_FILES = {
    "micrographs": {
        "io/test_damaged_coordinates",
        "io/test_damaged_files",
        "io/test_round_trips",
        "io/test_relion_projects",
        "regions/test_pu_classifier_of_regions",
        "report/test_page_in_browser",
        "simulation/test_crowds_and_contaminants",
        "simulation/test_image_settings",
        "test_pickers_and_pixel_sizes",
        "test_pickers_and_unusable_micrographs",
    },
    "pu": {"metrics/test_pu_unbiased"},
}
each_floor = pytest.mark.parametrize("floor", sorted(TESTED_BY))


def names_in(folder, pattern):
    """Return the files below a folder as "room/name", but for ``__init__``."""
    return {
        file.relative_to(folder).with_suffix("").as_posix()
        for file in folder.rglob(pattern)
        if file.stem != "__init__"
    }


def namesakes(floor):
    """Return the name that the test of each private file has."""
    files = names_in(ROOT / "pusklearn" / floor, "_*.py")
    return {
        file: (Path(file).parent / f"test{Path(file).name}").as_posix()
        for file in files
    }


@each_floor
def test_each_private_file_has_a_test_or_a_place_where_it_is_tested(floor):
    tests = names_in(ROOT / "tests" / floor, "test_*.py")
    alone = {file for file, test in namesakes(floor).items() if test not in tests}
    assert alone == set(TESTED_BY[floor])
    assert set(TESTED_BY[floor].values()) <= tests


@each_floor
def test_each_test_has_the_name_of_a_file(floor):
    tests = names_in(ROOT / "tests" / floor, "test_*.py")
    assert tests - set(namesakes(floor).values()) == OF_SEVERAL_FILES[floor]


@each_floor
def test_the_rooms_hold_private_files_alone(floor):
    """The faces hand on what is public."""
    assert not names_in(ROOT / "pusklearn" / floor, "[!_]*.py")
