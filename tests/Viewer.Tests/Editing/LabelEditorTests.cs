using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Editing;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Tests.Editing;

public sealed class LabelEditorTests
{
    [Fact]
    public void Fill_HoleInACell_BecomesTheCell()
    {
        LabelEditor editor = Edits.Drawn([".......", ".22222.", ".2...2.", ".2.3.2.", ".22222.", "......."]);

        EditResult result = editor.Apply(new EditCommand.Fill(2, new PointUm(0, 2, 2)));

        Assert.Equal([".......", ".22222.", ".22222.", ".22322.", ".22222.", "......."], Edits.Rows(editor));
        Assert.Equal([new EditedBox(0, new VolumeBox(0, 2, 2, 1, 2, 3))], result.Boxes);
        Assert.Equal([2u], result.Ids);
        Assert.Equal(5, result.Voxels);
    }
}
