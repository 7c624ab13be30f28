using System.Globalization;
using Cellpose3D.Viewer.Tests.Server;
using Microsoft.Playwright;

namespace Cellpose3D.Viewer.Tests.Browser;

/// <summary>What brush, outline and knife may change, and planes in 3D.</summary>
public sealed class ToolTests(BrowserFixture browser)
{
    private const string Answered = "cellpose3d.editing.isAnswered && cellpose3d.slices[0].drawnVersion === cellpose3d.store.labelVersion && cellpose3d.slices[0].isComplete && cellpose3d.tiles.isQuiet";

    [Fact]
    public async Task DrawOver_BackgroundOnly_LeavesOtherCellsWhole()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        await page.Press("o");
        await page.Press("p");
        await page.Drag((16, 30), (16, 40), (16, 56));                      // from background through cell 70000 to background
        int seen = await page.IdAt(16, 44);
        await page.Until($"cellpose3d.editing.state.is_dirty && {Answered}");
        await page.Picture("draw-over");

        uint[] now = served.Session.Desk!.Frames[0].Voxels;
        Assert.Equal(70_000, seen);                                         // as foreseen before the answer
        Assert.Equal(served.Labels.Voxels.Select((id, n) => (id, n)).Where(v => v.id != 0), served.Labels.Voxels.Select((id, n) => (id, n)).Where(v => v.id != 0).Select(v => (now[v.n], v.n)));
        Assert.Contains(70_001u, now);
    }

    [Fact]
    public async Task DrawOver_TheSelectedCellOnly_MakesANewCellInIt()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        await page.Click(16, 44);
        await page.Press("o");
        await page.Press("o");
        Assert.Equal("70000", await page.Page.Locator("#tools [data-toggle='over']").TextContentAsync());
        await page.Press("p");
        await page.Drag((16, 30), (16, 44));
        await page.Until($"cellpose3d.editing.state.is_dirty && {Answered}");

        uint[] now = served.Session.Desk!.Frames[0].Voxels;
        int[] drawn = [.. Enumerable.Range(0, now.Length).Where(n => now[n] == 70_001)];
        Assert.NotEmpty(drawn);
        Assert.All(drawn, n => Assert.Equal(70_000u, served.Labels.Voxels[n]));
        Assert.Equal(70_001, await page.IdAt(16, 44));
        Assert.Equal(0, await page.IdAt(16, 30));
    }

    [Fact]
    public async Task Region_SelectsTheCellsInside_AndDeleteRemovesThem()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);

        await page.Press("q");
        await page.Drag((3, 3), (3, 57), (30, 57), (30, 3), (4, 3));        // around the upper two, and touching neither
        await page.Until("cellpose3d.store.scene.labels.selected.length > 0");
        await page.Picture("region");
        Assert.Equal((int[])[1, 70_000], (await page.Selected()).Order());
        await page.Press("Delete");
        await page.Until($"cellpose3d.editing.state.is_dirty && {Answered}");

        Assert.Equal([0u, 3u], served.Session.Desk!.Frames[0].Voxels.Distinct().Order());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(35)]
    public async Task Split_ByALineIn3D_CutsByThePlaneBehindIt(double perspective)
    {
        await using ServedScene served = await ServedScene.StartAsync(withGl: true);
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        await page.Get<object>(string.Create(CultureInfo.InvariantCulture, $"cellpose3d.volume.move({{ ...cellpose3d.store.scene.camera, azimuth: 20, elevation: 25, perspective_degrees: {perspective} }})"));
        await page.Until("cellpose3d.volume.idAt(0, 0) !== null");
        await page.Click(46, 30);
        await page.Press("k");

        // through the middle of cell 3, upright
        double[] middle = await Project(page, new(6, 46, 30));
        await page.Page.Mouse.MoveAsync((float)middle[0], (float)middle[1] - 60);
        await page.Page.Mouse.DownAsync();
        await page.Page.Mouse.MoveAsync((float)middle[0], (float)middle[1] + 60, new MouseMoveOptions { Steps = 5 });
        await page.Picture($"split-3d-{perspective}");
        await page.Page.Mouse.UpAsync();
        await page.Until($"cellpose3d.editing.state.is_dirty && {Answered}");

        uint[] now = served.Session.Desk!.Frames[0].Voxels;
        double[] left = await Project(page, Middle(now, 3)), right = await Project(page, Middle(now, 70_001));
        (int a, int b) = (now.Count(id => id == 3), now.Count(id => id == 70_001));
        Assert.Equal(served.Labels.Voxels.Count(id => id == 3), a + b);
        Assert.InRange(Math.Min(a, b) / (double)(a + b), 0.4, 0.5);         // it went through the middle
        Assert.True((left[0] - middle[0]) * (right[0] - middle[0]) < 0, "the parts lie on both sides of the line");
        Assert.Equal(left[1], right[1], 4.0);
    }

    [Theory]
    [InlineData("z", 20, 25)]
    [InlineData("x", 20, 25)]
    [InlineData("y", -50, 30)]
    public async Task Planes_In3D_AreDraggedAlongTheirNormal(string axis, double azimuth, double elevation)
    {
        await using ServedScene served = await ServedScene.StartAsync(withGl: true);
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        await page.Press("l");
        await page.Get<object>(string.Create(CultureInfo.InvariantCulture, $"cellpose3d.volume.fit({{ azimuth: {azimuth}, elevation: {elevation} }})"));
        await page.Until("cellpose3d.volume.idAt(0, 0) !== null");
        int[] before = await page.Get<int[]>("[cellpose3d.store.scene.cursor.z, cellpose3d.store.scene.cursor.y, cellpose3d.store.scene.cursor.x]");

        // the middle of the plane's rim that the other planes' rims are farthest from, four voxels along the normal
        double[] way = await page.Get<double[]>($$"""
            (() => { const axis = '{{axis}}', s = cellpose3d.store.scene, v = s.grid.voxel_um, p = cellpose3d.volume.projector(), b = cellpose3d.volume.element.getBoundingClientRect();
              const others = ['z', 'y', 'x'].filter(a => a !== axis), at = (f, g, by) => p({ [axis]: (s.slices[axis] + 0.5 + by) * v[axis], [others[0]]: f * s.grid.shape[others[0]] * v[others[0]], [others[1]]: g * s.grid.shape[others[1]] * v[others[1]] });
              const [ax, ay] = at(0, 0.25, 0), [bx, by] = at(0, 0.25, 4); return [b.left + ax, b.top + ay, b.left + bx, b.top + by]; })()
            """);
        await page.Page.Mouse.MoveAsync((float)way[0], (float)way[1]);
        await page.Until($"cellpose3d.planes.hovered === '{axis}'");
        await page.Page.Mouse.DownAsync();
        await page.Page.Mouse.MoveAsync((float)way[2], (float)way[3], new MouseMoveOptions { Steps = 6 });
        await page.Page.Mouse.UpAsync();
        await page.Until("cellpose3d.volume.idAt(0, 0) !== null");
        await page.Picture($"plane-{axis}");
        int[] after = await page.Get<int[]>("[cellpose3d.store.scene.cursor.z, cellpose3d.store.scene.cursor.y, cellpose3d.store.scene.cursor.x]");
        await page.Until("cellpose3d.store.isConfirmed");

        int moved = "zyx".IndexOf(axis, StringComparison.Ordinal);
        for (int a = 0; a < 3; a++)
            Assert.Equal(before[a] + (a == moved ? 4 : 0), after[a]);
        Assert.Equal(after[moved], (axis switch { "z" => served.Session.Scene.Slices.Z, "y" => served.Session.Scene.Slices.Y, _ => served.Session.Scene.Slices.X })!.Value);
        Assert.Equal(after[moved], await page.Get<int>($"cellpose3d.slices.find(s => s.axes.through === '{axis}').index"));
    }

    [Fact]
    public async Task Tracks_AreCutJoinedAndUndone_AndSaved()
    {
        await using ServedScene served = await ServedScene.StartAsync(frames: 4);
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        const string Spans = "cellpose3d.lineage.tracks.map(t => `${t.id}:${t.begin}-${t.end}<${t.parent}`).sort().join(' ')";
        await page.Until($"cellpose3d.lineage && {Spans} === '1:0-3<0 3:0-3<0 70000:0-3<0'");
        await page.Get<object>("cellpose3d.store.run({ do: 'time', time: 2 })");
        await page.Get<object>("cellpose3d.store.select([3])");

        await page.Press("u");
        await page.Until($"{Spans} === '1:0-3<0 3:0-1<0 70000:0-3<0 70001:2-3<0'");
        await page.Picture("track-cut");
        await page.Get<object>("cellpose3d.store.select([70001, 1])");
        await page.Press("Shift+J");                                        // 1 divides
        await page.Until($"{Spans} === '1:0-1<0 3:0-1<0 70000:0-3<0 70001:2-3<1 70002:2-3<1'");
        await page.Picture("track-mother");
        await page.Press("Control+z");
        await page.Until($"{Spans} === '1:0-3<0 3:0-1<0 70000:0-3<0 70001:2-3<0'");
        await page.Get<object>("cellpose3d.store.select([70001, 3])");
        await page.Press("j");
        await page.Until($"{Spans} === '1:0-3<0 3:0-3<0 70000:0-3<0'");
        await page.Press("Control+z");
        await page.Press("Control+s");
        await page.Until("!cellpose3d.editing.state.is_dirty && cellpose3d.editing.isAnswered");

        Assert.Equal([new(1, 0, 3, 0), new(3, 0, 1, 0), new(70_000, 0, 3, 0), new(70_001, 2, 3, 0)], IO.Ctc.CtcTrackFile.Read(served.TrackFile));
        Assert.Equal(2, IO.LabelReader.Read(served.LabelFile).Data.Chunk(12 * 64 * 60).Count(f => f.Contains(70_001)));
    }

    [Fact]
    public async Task Ruler_MeasuresInMicrometres()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);

        await page.Press("t");
        await page.Drag((10, 10), (40, 50));
        await page.Picture("ruler");

        Assert.Equal(50, await page.Get<double>("cellpose3d.editing.length"), 0.5);       // pixels of the screen are 0.2 um
        // planes are two micrometres apart
        double[] way = await page.Get<double[]>("(() => { const v = cellpose3d.slices[2], b = v.element.getBoundingClientRect(); return [{ z: 2, y: 20, x: 30 }, { z: 8, y: 20, x: 30 }].flatMap(p => { const [x, y] = v.toScreen(p); return [b.left + x, b.top + y]; }); })()");
        await page.Page.Mouse.MoveAsync((float)way[0], (float)way[1]);
        await page.Page.Mouse.DownAsync();
        await page.Page.Mouse.MoveAsync((float)way[2], (float)way[3]);
        await page.Page.Mouse.UpAsync();
        Assert.Equal(12, await page.Get<double>("cellpose3d.editing.length"), 0.5);
        await page.Press("Escape");
        Assert.True(await page.Get<bool>("cellpose3d.editing.length === null && !cellpose3d.editing.state.can_undo"));
    }

    [Fact]
    public async Task Cells_AreGoneThroughInTheTablesOrder()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        await page.Until("cellpose3d.table.columns.length > 0");

        await page.Press("PageDown");
        await page.Press("PageDown");
        Assert.Equal((int[])[3], await page.Selected());
        await page.Press("PageDown");
        await page.Press("PageDown");                                       // there is none after the last
        Assert.Equal((int[])[70_000], await page.Selected());
        await page.Press("PageUp");
        Assert.Equal((int[])[3], await page.Selected());
        Assert.Equal((int[])[6, 46, 30], await page.Get<int[]>("Object.values(cellpose3d.store.scene.cursor)"));
    }

    [Fact]
    public async Task Palette_FindsActionsByAFewLetters_AndDoesThem()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        string[] First() => page.Page.Locator("#palette [role='option']").EvaluateAllAsync<string[]>("rows => rows.map(r => r.dataset.action)").GetAwaiter().GetResult();

        await page.Press("Control+Shift+P");
        Assert.Equal(await page.Get<int>("Math.min(12, cellpose3d.actions.size - 1)"), First().Length);
        await page.Page.Keyboard.TypeAsync("outl on off");
        Assert.Contains("toggle-outlines", First()[..2]);
        await page.Page.Keyboard.PressAsync("Escape");
        await page.Press("F1");
        await page.Page.Keyboard.TypeAsync("3d from above");
        await page.Picture("palette");
        Assert.Equal("view-top", First()[0]);
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Until("cellpose3d.store.scene.camera.elevation === 90 && !document.getElementById('palette').open");
        await page.Press("F1");
        await page.Page.Keyboard.TypeAsync("qqqq");
        Assert.Empty(First());
        await page.Page.Keyboard.PressAsync("Enter");
        // letters typed there are no keys of the tools
        Assert.Equal("pan", await page.Get<string>("cellpose3d.editing.tool"));
    }

    [Fact]
    public async Task Actions_OfEveryKey_AreInTheOneTable()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);

        // Space is held, which is no action
        Assert.Empty(await page.Get<string[]>("Object.keys(cellpose3d.keys.profile.keys).filter(id => id !== 'pan' && !cellpose3d.actions.has(id))"));
        Assert.Empty(await page.Get<string[]>("(() => { const titles = [...cellpose3d.actions.values()].map(a => a.title); return titles.filter((t, n) => titles.indexOf(t) !== n); })()"));
    }

    [Fact]
    public async Task Files_DroppedOnThePage_AreShownBesides()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        async Task Drop(string name, byte[] bytes)
        {
            await page.Get<object>($$"""
                (() => { const data = new DataTransfer(); data.items.add(new File([Uint8Array.from(atob('{{Convert.ToBase64String(bytes)}}'), c => c.charCodeAt(0))], '{{name}}'));
                  for (const type of ['dragenter', 'dragover', 'drop']) document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true })); })()
                """);
        }

        await Drop("other_masks.tif", DropTests.Tiff(12, 64, 60, labels: true));
        await page.Until("cellpose3d.store.info.compared && cellpose3d.slices[0].isComplete && cellpose3d.tiles.isQuiet");
        Assert.True(await page.Get<bool>("document.getElementById('drop').hidden"));
        await page.Picture("compared");
        // its outline is yellow, at the block's border
        (float x, float y) = await page.At(20, 10.5);
        int[] pixel = await page.Get<int[]>(string.Create(CultureInfo.InvariantCulture,
            $"(() => {{ const c = cellpose3d.slices[0].canvas, b = c.getBoundingClientRect(); return [...c.getContext('2d').getImageData(Math.round({x} - b.left), Math.round({y} - b.top), 1, 1).data]; }})()"));
        Assert.True(pixel[0] > 200 && pixel[1] > 190 && pixel[2] < 150, string.Join(' ', pixel));
        await page.Press("y");
        Assert.False(await page.Get<bool>("cellpose3d.store.showsCompared"));
        var loaded = new TaskCompletionSource();
        page.Page.Load += (_, _) => loaded.TrySetResult();
        await Drop("other.tif", DropTests.Tiff(12, 64, 60));
        await loaded.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        await page.Until("window.cellpose3d && cellpose3d.store.scene.images.length === 2 && cellpose3d.slices[0].isComplete");
        await page.Picture("dropped-channel");
    }

    [Fact]
    public async Task File_OfAnotherSize_IsRefusedOnThePage()
    {
        await using ServedScene served = await ServedScene.StartAsync(options: new Viewer.Server.ViewOptions { LargestDrop = 1_000_000 });
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);

        await page.Get<object>("""
            (() => { const data = new DataTransfer(); data.items.add(new File([new Uint8Array(1000001)], 'large.tif'));
              for (const type of ['dragenter', 'drop']) document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true })); })()
            """);
        await page.Until("document.querySelector('#toasts .bad')");

        Assert.Contains("may have 1 MB", await page.Page.Locator("#toasts .bad").TextContentAsync());
    }

    private static (double Z, double Y, double X) Middle(uint[] voxels, uint id)
    {
        int[] own = [.. Enumerable.Range(0, voxels.Length).Where(n => voxels[n] == id)];
        return (own.Average(n => n / (64 * 60)), own.Average(n => n / 60 % 64), own.Average(n => n % 60));
    }

    private static Task<double[]> Project(OpenedPage page, (double Z, double Y, double X) voxel) => page.Get<double[]>(string.Create(CultureInfo.InvariantCulture,
        $"(() => {{ const v = cellpose3d.store.scene.grid.voxel_um, b = cellpose3d.volume.element.getBoundingClientRect(), p = cellpose3d.volume.projector()({{ z: ({voxel.Z} + 0.5) * v.z, y: ({voxel.Y} + 0.5) * v.y, x: ({voxel.X} + 0.5) * v.x }}); return [b.left + p[0], b.top + p[1]]; }})()"));
}
