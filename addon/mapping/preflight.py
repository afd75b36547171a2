"""What will move and what will not, by what and why, before anything runs."""

from __future__ import annotations

from dataclasses import dataclass

from ...inference_backend.contract import CHANNELS, region
from ...rigs import flame
from ...rigs.profile import Drive, Kind
from ..characters import Character, warnings
from . import controls, shapes

REGIONS = {"lips": "Mouth", "upper": "Brows, cheeks and nose", "gaze": "Gaze", "blinks": "Blinks"}


@dataclass(frozen=True)
class Finding:
    """What becomes of one channel: `moves` by what, or why it does not."""

    channel: str
    moves: bool
    told: str


@dataclass(frozen=True)
class Report:
    """All channels, what turns with the head, and what is wrong besides."""

    findings: tuple[Finding, ...]
    head: str
    warnings: tuple[str, ...]

    @property
    def moving(self) -> int:
        """Count the channels that will be seen."""
        return sum(finding.moves for finding in self.findings)

    @property
    def summary(self) -> str:
        """Say it in one line."""
        still = [finding.channel for finding in self.findings if not finding.moves]
        head = f"the head by {self.head}" if self.head else "no head"
        rest = f"; still: {', '.join(still)}" if still else ""
        return f"{self.moving} of {len(self.findings)} channels and {head} will move{rest}."

    def text(self) -> str:
        """Write it out, a line a channel."""
        lines = [self.summary, ""]
        for key, title in REGIONS.items():
            lines += [title, *(f"  {_line(f)}" for f in self.findings if region(f.channel) == key), ""]
        return "\n".join([*lines, *(f"! {warning}" for warning in self.warnings)]).rstrip() + "\n"


def report(character: Character) -> Report:
    """Find out what will move; shape keys are looked at vertex by vertex."""
    shown = _shown(character)
    empty = _empty(character)
    findings = tuple(_finding(character, channel, shown.get(channel, []), empty) for channel in CHANNELS)
    found = list(warnings(character))
    if empty:
        found.append(f"{len(empty)} shape keys move no vertex: {', '.join(sorted(empty))}.")
    found += _strangers(character)
    return Report(findings, ", ".join(character.bones.chain), tuple(found))


def _line(finding: Finding) -> str:
    return f"{'+' if finding.moves else '-'} {finding.channel}: {finding.told}"


def _shown(character: Character) -> dict[str, list[tuple[Drive, str]]]:
    """List for each source the drives that show it and what they key."""
    found: dict[str, list[tuple[Drive, str]]] = {}
    for control in character.resolved.controls:
        for part in controls.parts_of(control):
            label = (
                control.label if part.response or part.drive.target.kind is not Kind.SHAPE else str(part.drive.target)
            )
            for source in part.drive.sources:
                if (part.drive, label) not in found.setdefault(source, []):
                    found[source].append((part.drive, label))
    return found


def _finding(character: Character, channel: str, shown: list[tuple[Drive, str]], empty: set[str]) -> Finding:
    seen = [label for drive, label in shown if not (drive.target.kind is Kind.SHAPE and drive.target.name in empty)]
    if seen:
        instead = character.substitutes.get(channel)
        by = ", ".join(dict.fromkeys(seen))
        return Finding(channel, True, f"{instead} ({by})" if instead else by)
    if shown:
        return Finding(channel, False, f"the shape key {shown[0][0].target.name} moves no vertex")
    if channel in character.substitutes:
        return Finding(channel, True, character.substitutes[channel])
    problem = next((p for p in character.resolved.problems if channel in p.drive.sources), None)
    if problem:
        return Finding(channel, False, problem.reason)
    if channel in character.channels:
        return Finding(channel, True, "visemes")
    return Finding(channel, False, "nothing on the character shows it")


def _empty(character: Character) -> set[str]:
    """Name the mapped shape keys that move no vertex on any mesh."""
    names = {d.target.name for d in character.mapping.drives if d.target.kind is Kind.SHAPE and d.enabled}
    alive = {
        name
        for mesh in character.meshes
        for name in names & set(mesh.keys.key_blocks.keys())
        if shapes.moves(mesh.keys, name)
    }
    present = {name for mesh in character.meshes for name in names & set(mesh.keys.key_blocks.keys())}
    return present - alive


def _strangers(character: Character) -> list[str]:
    """Tell of shape keys that are known to be no channels."""
    names = [block.name for mesh in character.objects for block in mesh.data.shape_keys.key_blocks]
    driven = {drive.target.name for drive in character.mapping.drives}
    statistical = [name for name in flame.components(names) if name not in driven]
    if statistical and len(statistical) == len(flame.components(names)):
        return [
            f"{len(statistical)} keys such as {statistical[0]} are components of FLAME or SMPL-X, each of which moves "
            "the whole face; they stay as they are until you load a FLAME map (.npz) under Mapping, and jaw, eyes and "
            "head move by their bones."
        ]
    return []
