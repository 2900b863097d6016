"""Every attribute of a DICOM file as a table a person can read: bounded, and as far as the file can be read.

tree = read_tags(file, watch)
tree.nodes[tree.find("0028,0030")[0]].value
"""

from viewer_app.imaging.tagtree.hiding import HIDDEN, shown_value
from viewer_app.imaging.tagtree.node import TagNode, TagTree
from viewer_app.imaging.tagtree.reading import open_data_set, read_tags

__all__ = ["HIDDEN", "TagNode", "TagTree", "open_data_set", "read_tags", "shown_value"]
