using Cellpose3D.Viewer.Tests.Server;
using Microsoft.Playwright;

namespace Cellpose3D.Viewer.Tests.Browser;

/// <summary>Correcting labels in the page.</summary>
public sealed class EditingTests(BrowserFixture browser)
{
    private const string Answered = "cellpose3d.slices[0].drawnVersion === cellpose3d.store.labelVersion && cellpose3d.slices[0].isComplete && cellpose3d.tiles.isQuiet";

    [Fact]
    public async Task Paint_ANewCell_UndoRedoSaveAndReload()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using (OpenedPage page = await OpenedPage.OpenAsync(browser, served))
        {
            await page.Press("p");
            await page.Drag((30, 8), (30, 14), (30, 20));
            Assert.Equal(70_001, await page.IdAt(30, 12));                  // at once, before the server answers
            await page.Until($"cellpose3d.editing.state.is_dirty && {Answered}");
            Assert.Equal((int[])[70_001], await page.Selected());
            await page.Picture("painted");
            Assert.Equal(70_001u, served.Session.Desk!.Frames[0].Voxels[(5 * 64 + 30) * 60 + 20]);
            // one stroke is one step
            await page.Press("Control+z");
            await page.Until($"!cellpose3d.editing.state.is_dirty && {Answered}");
            Assert.Equal(0, await page.IdAt(30, 12));
            Assert.Equal(served.Labels.Voxels, served.Session.Desk!.Frames[0].Voxels);
            await page.Press("Control+Shift+Z");
            await page.Until($"cellpose3d.editing.state.is_dirty && {Answered}");
            Assert.Equal("unsaved changes", await page.Page.Locator("#unsaved").TextContentAsync());
            await page.Press("Control+s");
            await page.Until("!cellpose3d.editing.state.is_dirty");
        }
        Assert.Equal(70_001, IO.LabelReader.Read(served.LabelFile).Data[(5 * 64 + 30) * 60 + 12]);
        await using OpenedPage again = await OpenedPage.OpenAsync(browser, served);
        Assert.Equal(70_001, await again.IdAt(30, 12));
    }

    [Fact]
    public async Task Paint_IsTheSameHereAsOnTheServer()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        await page.Click(16, 44);
        await page.Press("p");

        // the answer is held back, so that what the page drew by itself is seen
        await page.Get<object>("(() => { const apply = cellpose3d.editing.edited; cellpose3d.editing.edited = m => setTimeout(() => apply.call(cellpose3d.editing, m), 1500); })()");
        await page.Drag((30, 10.3), (33.7, 22), (41, 31.2));
        int[] drawn = await page.Get<int[]>("[...cellpose3d.tiles.labelsOf(0, 'xy', 5)[0].ids]");
        await page.Until($"cellpose3d.editing.state.is_dirty && {Answered} && cellpose3d.store.labelVersion > 0");
        await page.Until("cellpose3d.tiles.labelsOf(0, 'xy', 5)[0].version === cellpose3d.store.labelVersion");
        int[] after = await page.Get<int[]>("[...cellpose3d.tiles.labelsOf(0, 'xy', 5)[0].ids]");

        Assert.Equal(served.Session.Desk!.Frames[0].Voxels.AsSpan(5 * 64 * 60, 64 * 60).ToArray().Select(v => (int)v), after);
        Assert.Equal(after, drawn);
    }

    [Fact]
    public async Task Erase_Fill_AndOutlines_ChangeTheLabels()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);

        await page.Press("e");
        await page.Drag((46, 30), (46, 31));
        await page.Until($"cellpose3d.editing.state.can_undo && {Answered}");
        Assert.Equal(0, await page.IdAt(46, 30));
        await page.Press("Escape");
        await page.Press("g");
        await page.Drag((26, 6), (26, 18), (36, 18), (36, 6), (27, 6));     // closes by itself
        await page.Until($"cellpose3d.store.scene.labels.selected.length === 1 && {Answered}");
        int outlined = (await page.Selected())[0];

        Assert.Equal(outlined, await page.IdAt(30, 10));
        Assert.Equal(0, await page.IdAt(40, 10));
        await page.Press("Escape");
        await page.Press("f");
        await page.Click(30, 10);                                           // another id for the whole piece
        await page.Until($"cellpose3d.store.scene.labels.selected.length === 1 && {Answered}");
        Assert.NotEqual(outlined, await page.IdAt(30, 10));
        await page.Press("Escape");
        Assert.Equal("fill", await page.Get<string>("cellpose3d.editing.tool"));
        await page.Until("cellpose3d.store.selected.size === 0");
        await page.Press("Escape");
        Assert.Equal("pan", await page.Get<string>("cellpose3d.editing.tool"));
    }

    [Fact]
    public async Task Split_ByALine_Delete_Merge_AndUndoAll()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        await page.Get<object>("cellpose3d.store.moveCursor({ z: 6, y: 30, x: 30 })");
        await page.Until(Answered);

        await page.Press("k");
        await page.Drag((46, 30), (38, 30), (54, 30));
        await page.Until($"cellpose3d.editing.state.can_undo && {Answered}");
        int[] halves = [await page.IdAt(46, 27), await page.IdAt(46, 33)];
        await page.Picture("split");
        await page.Press("r");
        await page.Page.Keyboard.DownAsync("Control");
        await page.Click(16, 44);
        await page.Page.Keyboard.UpAsync("Control");
        await page.Until($"cellpose3d.slices[0].read({{ z: 6, y: 16, x: 44 }}).id === 0 && {Answered}");
        await page.Click(16, 16);
        await page.Page.Keyboard.DownAsync("Alt");
        await page.Click(46, 33);
        await page.Page.Keyboard.UpAsync("Alt");
        await page.Until($"cellpose3d.slices[0].read({{ z: 6, y: 46, x: 33 }}).id === 1 && {Answered}");

        Assert.Equal([3, 70_001], halves.Order());
        for (int n = 0; n < 3; n++)
            await page.Press("Control+z");
        await page.Until($"!cellpose3d.editing.state.can_undo && {Answered}");
        Assert.Equal(served.Labels.Voxels, served.Session.Desk!.Frames[0].Voxels);
    }

    [Fact]
    public async Task Outlines_OnTwoPlanes_FillThoseBetween()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        await page.Page.ClickAsync("#tools [data-toggle='planes']");

        foreach (int z in (int[])[2, 6])
        {
            await page.Get<object>($"cellpose3d.store.moveCursor({{ z: {z}, y: 30, x: 30 }})");
            await page.Until($"cellpose3d.slices[0].index === {z} && {Answered}");
            await page.Drag((26, 6), (26, 18), (36, 18), (36, 6), (27, 6));
        }
        await page.Press("Enter");
        await page.Until($"cellpose3d.editing.state.can_undo && {Answered}");

        uint[] column = [.. Enumerable.Range(0, 12).Select(z => served.Session.Desk!.Frames[0].Voxels[(z * 64 + 30) * 60 + 12])];
        Assert.Equal([0, 0, 70_001, 70_001, 70_001, 70_001, 70_001, 0, 0, 0, 0, 0], column);
    }

    [Fact]
    public async Task RightClick_InTheProfileOfCellpose_DrawsAnOutlineThatClosesByItself()
    {
        await using ServedScene served = await ServedScene.StartAsync(options: new Viewer.Server.ViewOptions { Keys = "cellpose" });
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);

        await page.Click(26, 6, MouseButton.Right);
        foreach ((double y, double x) in ((double, double)[])[(26, 12), (26, 18), (31, 18), (36, 18), (36, 12), (36, 6), (31, 6), (26.3, 6)])
            await page.MoveTo(y, x);
        await page.Until($"cellpose3d.editing.state.can_undo && {Answered}");

        Assert.Equal(70_001, await page.IdAt(31, 12));
    }

    [Fact]
    public async Task Page_ClosedInMidStroke_LosesNothingThatWasSent()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        IPage raw = await browser.OpenAsync();
        await raw.GotoAsync(served.Server.Address);
        await OpenedPage.Until(raw, "window.cellpose3d && cellpose3d.slices.every(s => s.isComplete) && document.querySelector('#tools button')");
        LocatorBoundingBoxResult box = (await raw.Locator("#view-xy").BoundingBoxAsync())!;
        await raw.Locator("#view-xy").FocusAsync();
        await raw.Keyboard.PressAsync("p");

        await raw.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + box.Height / 2);
        await raw.Mouse.DownAsync();
        await OpenedPage.Until(raw, "cellpose3d.editing.state.is_dirty");
        await raw.CloseAsync();
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);

        Assert.True(await page.Get<bool>("cellpose3d.editing.state.is_dirty && cellpose3d.editing.state.can_undo"));
        Assert.Contains(70_001u, served.Session.Desk!.Frames[0].Voxels);
        await page.Press("Control+z");
        await page.Until("!cellpose3d.editing.state.is_dirty");
        Assert.Equal(served.Labels.Voxels, served.Session.Desk!.Frames[0].Voxels);
    }

    [Fact]
    public async Task Restart_WithUnsavedEdits_ShowsABanner()
    {
        ServedScene served = await ServedScene.StartAsync();
        await using (OpenedPage page = await OpenedPage.OpenAsync(browser, served))
        {
            await page.Click(16, 44);
            await page.Press("Delete");
            await page.Until("cellpose3d.editing.state.is_dirty");
        }
        await using ServedScene again = await served.RestartAsync();
        await using OpenedPage next = await OpenedPage.OpenAsync(browser, again);

        Assert.Contains("1 change of last time", await next.Page.Locator("#banner").TextContentAsync());
        Assert.Equal(0, await next.IdAt(16, 44));
        await next.Picture("recovered");
    }
}
