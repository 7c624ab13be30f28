using Cellpose3D.Viewer.Contexts;

namespace Cellpose3D.Viewer.Tests.Contexts;

public sealed class GlThreadTests(GlFixture gl)
{
    [Fact]
    public void Device_Headless_SaysWhatItIs()
    {
        GlDevice device = gl.Thread.Device;

        Assert.StartsWith("EGL ", device.Origin);
        Assert.NotEmpty(device.Renderer);
        Assert.True(device.LargestVolume >= 256 && device.LargestPicture >= 2048);
    }

    [Fact]
    public void Invoke_Throwing_ThrowsHereAndGoesOn()
    {
        Assert.Throws<InvalidOperationException>(() => gl.Thread.Invoke<int>(_ => throw new InvalidOperationException("x")));

        Assert.Equal(3, gl.Thread.Invoke(_ => 3));
    }

    [Fact]
    public void Open_ContextThatFails_IsThrownToTheCaller()
    {
        GlContextException error = Assert.Throws<GlContextException>(() => new GlThread(() => throw new GlContextException("no way to OpenGL.")));

        Assert.Equal("no way to OpenGL.", error.Message);
    }

    [Fact]
    public void Open_DeviceThatIsNotThere_NamesTheRemedy()
    {
        _ = gl.Thread;      // skips where there is no EGL at all

        GlContextException error = Assert.Throws<GlContextException>(() => GlThread.OpenHeadless("device:999"));

        Assert.Contains("apt-get install libegl1 libgl1-mesa-dri", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Open_UnknownWord_IsRefused() => Assert.Contains("got 'cuda'", Assert.Throws<ArgumentException>(() => EglContext.Open("cuda")).Message);

    [Fact]
    public void Dispose_Twice_AndUseAfter_IsSafe()
    {
        _ = gl.Thread;
        GlThread thread = GlThread.OpenHeadless();
        thread.Dispose();
        thread.Dispose();

        Assert.Throws<ObjectDisposedException>(() => thread.Invoke(_ => 1));
    }

    [Fact]
    public void Program_WrongShader_SaysWhichAndIsGivenBack() => gl.Thread.Invoke(device =>
    {
        int before = device.LiveObjects;

        GlContextException error = Assert.Throws<GlContextException>(() => new GlProgram(device, "broken", "#version 330 core\nvoid main() {}", "#version 330 core\nvoid main() { nonsense; }"));

        Assert.Contains("'broken'", error.Message);
        Assert.Equal(before, device.LiveObjects);
    });
}
