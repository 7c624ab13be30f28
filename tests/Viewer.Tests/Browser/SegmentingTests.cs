using Cellpose3D.Viewer.Tests.Segmenting;
using Cellpose3D.Viewer.Tests.Server;

namespace Cellpose3D.Viewer.Tests.Browser;

/// <summary>Finding cells from the page.</summary>
public sealed class SegmentingTests(BrowserFixture browser)
{
    private const string Idle = "cellpose3d.segment.status.phase === 'idle' && cellpose3d.slices[0].drawnVersion === cellpose3d.store.labelVersion && cellpose3d.slices[0].isComplete && cellpose3d.tiles.isQuiet";

    [Fact]
    public async Task Run_ThresholdsLive_UndoRedoSaveAndReload()
    {
        var segmenter = new PhantomSegmenter();
        await using ServedScene served = await ServedScene.StartUnlabelledAsync(segmenter);
        await using (OpenedPage page = await OpenedPage.OpenAsync(browser, served))
        {
            await page.Page.ClickAsync("#tab-segment");
            await page.Page.FillAsync("#seg-diameter", "17");
            Assert.Equal("replace", await page.Page.Locator("#seg-others").InputValueAsync());
            await page.Page.ClickAsync("#seg-run");
            await page.Until($"cellpose3d.segment.status.output && {Idle}");
            Assert.Equal(17, segmenter.Request!.Diameter);
            await page.Until("cellpose3d.slices[0].read({ z: 0, y: 20, x: 22 }).id === 1");
            Assert.Equal(5, await page.IdAt(62, 84));
            Assert.StartsWith("5 cells; diameter 17.0 px", await page.Page.Locator("#seg-message").TextContentAsync());
            await page.Until("cellpose3d.store.colors.size === 5");
            await page.Picture("segmented");

            // the rim of a cell is there, and not any more with a higher threshold; the same cells, one step
            Assert.Equal(1, await page.IdAt(20, 31));
            await page.Page.FillAsync("#seg-cellprob", "3");
            await page.Until($"cellpose3d.segment.status.output.thresholds.cell_prob === 3 && {Idle} && cellpose3d.slices[0].read({{ z: 0, y: 20, x: 31 }}).id === 0");
            Assert.Equal(1, await page.IdAt(20, 22));
            Assert.Equal(1, segmenter.Runs);
            await page.Picture("threshold");

            await page.Press("Control+z");
            await page.Until($"!cellpose3d.editing.state.can_undo && {Idle}");
            await page.Until("cellpose3d.slices[0].read({ z: 0, y: 20, x: 22 }).id === 0");
            Assert.Equal("The labels were edited since the last run, which stays as it is.", await page.Page.Locator("#seg-live").TextContentAsync());
            await page.Press("Control+y");
            await page.Until("cellpose3d.slices[0].read({ z: 0, y: 20, x: 22 }).id === 1");
            await page.Press("Control+s");
            await page.Until("!cellpose3d.editing.state.is_dirty");
        }

        int[] saved = IO.LabelReader.Read(served.LabelFile).Data;
        Assert.Equal((1, 0), (saved[20 * PhantomSegmenter.Width + 22], saved[20 * PhantomSegmenter.Width + 31]));
        await using OpenedPage again = await OpenedPage.OpenAsync(browser, served);
        await again.Page.ClickAsync("#tab-segment");
        Assert.Equal(1, await again.IdAt(20, 22));
        Assert.Equal("3", await again.Page.Locator("#seg-cellprob").InputValueAsync());
        Assert.Equal("replace", await again.Page.Locator("#seg-others").InputValueAsync());
    }

    [Fact]
    public async Task SelectedCells_AreFoundAnew()
    {
        var segmenter = new PhantomSegmenter();
        await using ServedScene served = await ServedScene.StartUnlabelledAsync(segmenter);
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        await page.Page.ClickAsync("#tab-segment");
        await page.Page.ClickAsync("#seg-run");
        await page.Until("cellpose3d.segment.status.output !== null && cellpose3d.slices[0].read({ z: 0, y: 62, x: 84 }).id === 5");
        await page.Page.SelectOptionAsync("#seg-scope", "cells");
        Assert.True(await page.Page.Locator("#seg-others").IsDisabledAsync());
        await page.Page.ClickAsync("#seg-run");
        Assert.Equal(1, segmenter.Runs);                                     // nothing is selected

        await page.Click(60, 30);
        await page.Page.ClickAsync("#seg-run");
        await page.Until("cellpose3d.segment.status.output.box !== null && cellpose3d.segment.status.phase === 'idle'");
        await page.Page.FillAsync("#seg-cellprob", "5");
        await page.Until($"cellpose3d.slices[0].read({{ z: 0, y: 60, x: 37 }}).id === 0 && {Idle}");

        Assert.Equal((4, 5), (await page.IdAt(60, 30), await page.IdAt(62, 91)));
    }

    [Fact]
    public async Task Disk_HasTheDiameterTyped_AndItsRimChangesIt()
    {
        await using ServedScene served = await ServedScene.StartUnlabelledAsync(new PhantomSegmenter());
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        await page.Page.ClickAsync("#tab-segment");

        await page.Page.ClickAsync("#seg-estimate");
        await page.Until("document.getElementById('seg-diameter').value === '20'");
        await page.Picture("disk");
        // its middle is at y 76.8, x 18: the rim, ten voxels to the right, is pulled five voxels further; then it is moved
        await page.Drag((76.8, 28), (76.8, 30), (76.8, 33));
        await page.Drag((76.8, 18), (40, 50), (24, 40));
        double[] disk = await page.Get<double[]>("[Number(document.getElementById('seg-diameter').value), cellpose3d.segment.disk.y, cellpose3d.segment.disk.x]");

        Assert.Equal(30, disk[0], 0.3);
        Assert.Equal(24, disk[1], 0.3);
        Assert.Equal(40, disk[2], 0.3);
        Assert.Empty(served.Session.Scene.Labels!.Selected);
    }

    [Fact]
    public async Task Maps_AreShownOnTheSlice_StopAndErrorsAreSaid()
    {
        var segmenter = new PhantomSegmenter { Waits = true };
        await using ServedScene served = await ServedScene.StartUnlabelledAsync(segmenter);
        await using OpenedPage page = await OpenedPage.OpenAsync(browser, served);
        await page.Page.ClickAsync("#tab-segment");
        Assert.True(await page.Page.Locator("#seg-view-flows").IsDisabledAsync());

        await page.Page.ClickAsync("#seg-run");
        await page.Until("cellpose3d.segment.status.step === 'network'");
        Assert.True(await page.Page.Locator("#seg-run").IsDisabledAsync());
        await page.Picture("running");
        await page.Page.ClickAsync("#seg-stop");
        await page.Until($"cellpose3d.segment.status.message === 'stopped.' && {Idle}");
        segmenter.LetRun();
        await page.Page.ClickAsync("#seg-run");
        await page.Until($"cellpose3d.segment.status.output && {Idle}");

        await page.Press("x");                                              // labels off
        await page.Page.ClickAsync("#seg-view-flows");
        await page.Until("cellpose3d.segment.shown === 'flows'");
        int[] left = await Pixel(page, 20, 16), right = await Pixel(page, 20, 28);
        await page.Picture("flows");
        await page.Page.ClickAsync("#seg-view-probability");
        await page.Until("cellpose3d.segment.shown === 'probability'");
        int[] middle = await Pixel(page, 60, 30), outside = await Pixel(page, 80, 60);
        await page.Picture("probability");
        Assert.True(Math.Abs(left[0] - right[0]) + Math.Abs(left[1] - right[1]) + Math.Abs(left[2] - right[2]) > 100, $"{string.Join(' ', left)} and {string.Join(' ', right)}");
        Assert.True(middle.Sum() > outside.Sum() + 200, $"{string.Join(' ', middle)} and {string.Join(' ', outside)}");
        segmenter.LetRun();
        await page.Page.SelectOptionAsync("#seg-model", "nothing");
        await page.Page.ClickAsync("#seg-run");
        await page.Until($"cellpose3d.segment.status.is_error && {Idle}");

        Assert.Contains("no model 'nothing'", await page.Page.Locator("#seg-message").TextContentAsync());
    }

    // red, green and blue of the XY slice at a voxel
    private static Task<int[]> Pixel(OpenedPage page, int y, int x) => page.Get<int[]>($$"""
        (() => {
            const v = cellpose3d.slices[0], [px, py] = v.toScreen({ z: 0, y: {{y}}, x: {{x}} }).map(p => Math.floor(p * devicePixelRatio)), c = document.createElement('canvas').getContext('2d');
            c.drawImage(v.canvas, px, py, 1, 1, 0, 0, 1, 1);
            return [...c.getImageData(0, 0, 1, 1).data].slice(0, 3);
        })()
        """);
}
